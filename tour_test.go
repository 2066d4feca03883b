//go:build browser

package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"peyk/emulator"
	"peyk/locales"
	"peyk/social"
)

// A show is a stage with the page of phones before it: a manager's and a client's.
type show struct {
	*stage
	*tab
	lang, manager, client string
	t                     *testing.T

	mu   sync.Mutex
	dead bool
}

func newShow(t *testing.T, lang string) *show {
	t.Helper()
	b := newTab(t) // first: it may skip
	s := &show{stage: newStage(t, monday), tab: b, lang: lang, manager: "lena", client: "omar", t: t}
	if lang == "fa" {
		s.manager, s.client = "leila", "omid"
	}
	s.start(t)
	s.play("include setup/" + lang + ".txt\n" + s.manager + " joins nobahar\n" + s.client + " joins nobahar")
	page := httptest.NewServer(emulator.NewPage(s.telegram, emulator.PageOptions{
		Lang: lang, Control: s, People: []emulator.PagePerson{
			{Username: s.manager, About: map[string]string{"fa": "مدیر آژانس", "en": "Agency manager"}},
			{Username: s.client, About: map[string]string{"fa": "مشتری", "en": "Client"}},
		},
	}))
	t.Cleanup(page.Close)
	t.Cleanup(page.CloseClientConnections)
	b.size(t, 1280, 860, "light")
	b.run(t, chromedp.Navigate(page.URL))
	b.see(t, "[data-tour='1']")
	return s
}

// play lets the same people use Telegram by a script's lines.
func (s *show) play(lines string) {
	s.t.Helper()
	emulator.RunLines(s.t, s.telegram, "testdata/scripts/x.txt", lines, s.hooks(s.t))
}

// Clock is what the page's clock shows.
func (s *show) Clock() emulator.ClockFace {
	words, err := locales.Load()
	if err != nil {
		s.t.Error(err)
		return emulator.ClockFace{}
	}
	zone, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		s.t.Error(err)
	}
	now := s.clock.Now()
	face := emulator.ClockFace{
		Now: now.Unix(), Zone: zone.String(),
		Fa: words.Printer("fa", zone, social.Jalali).Moment(now), En: words.Printer("en", zone, social.Gregorian).Moment(now),
	}
	if due := s.due(context.Background()); !due.IsZero() {
		face.Due = due.Unix()
	}
	return face
}

// due is when the next post goes out.
func (s *show) due(ctx context.Context) time.Time {
	unix := int64(0)
	if err := s.query(ctx, &unix, `SELECT coalesce(extract(epoch FROM min(slot)), 0)::bigint FROM posts WHERE state IN ('review', 'approved')`); err != nil || unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0)
}

// Skip moves the clock to the next post.
func (s *show) Skip(ctx context.Context, to string) error {
	if to != "due" {
		return fmt.Errorf("nobody skips to %q here", to)
	}
	s.clock.set(s.due(ctx).Add(time.Second))
	return nil
}

// Alive tells whether the bot runs.
func (s *show) Alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.dead
}

// Kill ends the bot.
func (s *show) Kill(context.Context) error {
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = true
	return nil
}

// Start starts it again.
func (s *show) Start(context.Context) error {
	s.telegram.ForgetCalls()
	s.start(s.t)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = false
	return nil
}

// press clicks a button of the bot on somebody's phone, by what it does: "slt", or
// "slt:3" of the third post.
func (s *show) press(who, action string) {
	s.t.Helper()
	s.click(s.t, fmt.Sprintf("[data-phone=%q] [data-button^='v1:%s:']", who, action))
}

// open goes to a person's chat with the bot from wherever the phone is.
func (s *show) open(who string) {
	s.t.Helper()
	s.until(s.t, who+"'s chat with the bot", func() bool {
		return ask[bool](s.t, s.tab, `() => {
			const phone = document.querySelector('[data-phone=`+who+`]');
			if (phone.querySelector('[data-composer]')) return true;
			phone.querySelector('[data-open-chat]:not([data-open-chat^="-"]), [data-chat^="-"] [data-back]')?.click();
			return false;
		}`)
	})
}

// TestTour takes the guided tour with the mouse, in both languages, then looks at
// every kind of screen on a small phone, and kills the bot in the middle of a tap.
func TestTour(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"fa", "en"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			s := newShow(t, lang)
			s.tour()
			s.gallery()
			s.survive()
			s.again()
			s.inspect(t, "the end")
			s.stage.check(t)
		})
	}
}

func (s *show) tour() {
	s.t.Helper()
	s.inspect(s.t, "the first step")
	s.shoot(s.t, "tour-"+s.lang+"-light")
	s.click(s.t, "[data-tour='1'] [data-tour-do=sample]")
	s.see(s.t, "[data-tour='2']")
	s.press(s.manager, "slt")
	s.press(s.manager, "slot_at")
	s.press(s.manager, "slot_ok")
	s.see(s.t, "[data-tour='3']")
	s.press(s.manager, "snd")
	s.see(s.t, "[data-tour='4']")
	s.inspect(s.t, "the client's step")
	for _, scheme := range []string{"dark", "light"} {
		s.size(s.t, 1280, 860, scheme)
		s.shoot(s.t, "desk-"+s.lang+"-"+scheme)
	}
	ask[bool](s.t, s.tab, `() => { localStorage.clear(); return true; }`) // as in another browser
	s.run(s.t, chromedp.Reload())
	s.see(s.t, "[data-tour='4']")
	s.press(s.client, "ok")
	s.see(s.t, "[data-tour='5']")
	s.click(s.t, "[data-skip=due]")
	s.see(s.t, "[data-tour='6']")
	s.inspect(s.t, "the last step")
	s.click(s.t, "[data-tour='6'] [data-tour-do=next]")
	s.see(s.t, ".tour-again")
}

// markup is what somebody wrote; it has to stay a text wherever it is shown.
const markup = `<img src=x onerror="document.body.dataset.fooled=1"> <b>&amp; &lt;i&gt;`

// gallery looks at the main screens on a phone, dark and light.
func (s *show) gallery() {
	s.t.Helper()
	s.size(s.t, 390, 844, "light")
	s.click(s.t, "[data-switch="+s.manager+"]")
	phone := "[data-phone=" + s.manager + "] "
	s.open(s.manager)
	s.run(s.t, chromedp.SendKeys(phone+"[data-composer]", markup))
	s.click(s.t, phone+"[data-send]")
	s.see(s.t, phone+"[data-button^='v1:snd:']")
	s.screen("draft")
	s.press(s.manager, "slt")
	s.see(s.t, phone+"[data-button^='v1:slot_month:']")
	s.screen("time")
	s.press(s.manager, "slot_month")
	s.see(s.t, phone+"[data-button^='v1:slot_day:']")
	s.screen("month")
	for _, command := range []string{"calendar", "start", "settings", "help"} {
		s.play(s.manager + ` says "/` + command + `"`)
		s.until(s.t, "the answer to /"+command, func() bool {
			return ask[bool](s.t, s.tab, `() => {
				const [asked, answer] = [...document.querySelectorAll('`+phone+`[data-message-id]')].slice(-2);
				return asked.textContent.includes('/`+command+`') && answer.matches('.in:has([data-button])');
			}`)
		})
		s.screen(command)
	}
	s.click(s.t, phone+"[data-back]")
	s.see(s.t, phone+"[data-open-chat]")
	s.screen("chats")
	s.click(s.t, "[data-controls]")
	s.see(s.t, "[data-fault=slow]")
	s.screen("controls")
	s.click(s.t, "[data-controls]")
	fooled := ask[string](s.t, s.tab, `() => (document.body.dataset.fooled || '') + document.querySelectorAll('img[src=x]').length`)
	if fooled != "0" {
		s.t.Errorf("what somebody wrote became a part of the page: %s", fooled)
	}
}

// again takes the tour a second time while a draft of before is there: it begins with
// the first step, and stays there.
func (s *show) again() {
	s.t.Helper()
	s.play(fmt.Sprintf("%[1]s says \"Left over\"\nbot shows %[1]s \"✓\" \"Left over\"", s.manager))
	s.run(s.t, chromedp.Reload())
	s.click(s.t, ".tour-again")
	s.see(s.t, "[data-tour='1'] [data-tour-do=sample]")
	time.Sleep(time.Second) // nothing may happen meanwhile
	if step := ask[string](s.t, s.tab, `() => document.querySelector('.tour').dataset.tour`); step != "1" {
		s.t.Errorf("the second tour began and is at step %s", step)
	}
	s.click(s.t, "[data-tour-do=skip]")
	s.see(s.t, ".tour-again")
}

// screen keeps and checks what a small phone shows, in dark and light.
func (s *show) screen(name string) {
	s.t.Helper()
	for _, scheme := range []string{"dark", "light"} {
		s.size(s.t, 390, 844, scheme)
		s.shoot(s.t, strings.Join([]string{name, s.lang, scheme}, "-"))
	}
	s.inspect(s.t, name)
}

// survive kills the bot, presses, and starts it: the press has its effect, once.
func (s *show) survive() {
	s.t.Helper()
	s.size(s.t, 1280, 860, "light")
	s.play(fmt.Sprintf("%[1]s says \"The second\"\nbot shows %[1]s \"✓\" \"The second\"", s.manager))
	s.open(s.manager)
	s.open(s.client)
	for _, action := range []string{"slt:3", "slot_at:3", "slot_ok:3", "snd:3"} {
		s.press(s.manager, action)
	}
	card := fmt.Sprintf("[data-phone=%q] [data-button^='v1:ok:3:']", s.client)
	s.see(s.t, card)
	s.late()
	s.click(s.t, "[data-bot=kill]")
	s.see(s.t, "[data-bot=start]")
	s.until(s.t, "the old news of the world", func() bool {
		return ask[bool](s.t, s.tab, `() => window.late > 0 && document.body.dataset.held === '0'`)
	})
	s.see(s.t, "[data-bot=start]")
	s.see(s.t, "[data-effect]")
	s.click(s.t, card)
	s.see(s.t, card+"[aria-busy=true]")
	if n := s.approvals(); n != 1 {
		s.t.Errorf("%d approvals while the bot is dead, and there was one", n)
	}
	s.shoot(s.t, "dead-"+s.lang)
	s.click(s.t, "[data-bot=start]")
	s.see(s.t, "[data-bot=kill]")
	s.see(s.t, fmt.Sprintf("[data-phone=%q] [data-button^='v1:und:3:']", s.client))
	s.play("run settle")
	if n := s.approvals(); n != 2 {
		s.t.Errorf("%d approvals after one more tap, and there was one", n)
	}
}

// late lets something happen of which the page hears two seconds later than of all
// else, as on a busy machine: what it hears meanwhile is newer, and stays.
func (s *show) late() {
	s.t.Helper()
	ask[bool](s.t, s.tab, `() => {
		const ask = window.fetch;
		const held = (n) => { document.body.dataset.held = Number(document.body.dataset.held || 0) + n; };
		window.late = 0;
		window.fetch = async (...what) => {
			const answer = await ask(...what);
			if (!String(what[0]).includes('/api/world')) return answer;
			window.late++;
			held(1);
			await new Promise((done) => setTimeout(done, 2000));
			setTimeout(() => held(-1), 100);
			return answer;
		};
		return true;
	}`)
	s.play(fmt.Sprintf("%s deletes \"The second\"", s.manager))
	s.until(s.t, "a change", func() bool { return ask[bool](s.t, s.tab, `() => window.late > 0`) })
}

func (s *show) approvals() int {
	n := 0
	if err := s.query(s.t.Context(), &n, `SELECT count(*) FROM events WHERE kind = 'post.approved'`); err != nil {
		s.t.Error(err)
	}
	return n
}
