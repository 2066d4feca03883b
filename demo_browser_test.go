//go:build browser

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestDemoShown makes the whole world, with its eight weeks, and looks at it as a
// visitor does: the tour on a phone in both languages, then each fault once.
func TestDemoShown(t *testing.T) {
	t.Parallel()
	chromium(t)
	dir := demoDir(t)
	p := startDemo(t, "--dir", dir, "--port", "0", "--lang", "fa")
	d := demoDesk{page: demoVisitor{t, p.pageWithin(t, 5*time.Minute)}}
	d.history(t)
	d.tab = newTab(t)
	d.size(t, 390, 844, "light")
	d.run(t, chromedp.Navigate(d.page.page))
	d.down(t, persianSky, func() { d.tour(t, "reza", "omid") })
	d.comment(t, persianSky)
	d.expire(t, persianSky, englishSky)
	d.reconnect(t, persianSky)
	d.click(t, "[data-language]")
	d.reconnect(t, englishSky)
	d.click(t, ".tour-again")
	d.down(t, englishSky, func() { d.tour(t, "ben", "emma") })
	d.comment(t, englishSky)
	d.size(t, 1440, 900, "dark")
	d.run(t, chromedp.Reload())
	d.faults(t)
	d.inspect(t, "the end")
	d.shoot(t, "demo-end")
	if err := p.end(t, syscall.SIGINT, true); err != nil {
		t.Errorf("the demo ended with: %v\n%s", err, p.out.String())
	}
	noneLeft(t, dir)
}

// A demoDesk is a real demo before a browser.
type demoDesk struct {
	*tab
	page demoVisitor
}

// history sees what eight weeks have left on the phones: a digest in its time for each
// week, and the fall of the café's views, once.
func (d demoDesk) history(t *testing.T) {
	t.Helper()
	words := d.said(t, "reza")
	for text, least := range map[string]int{"هفته به عدد": 7, "بازدیدها افت کرده است": 1, "این گزارش دیر رسید": 0} {
		if n := strings.Count(words, text); n < least || least < 2 && n > least {
			t.Errorf("reza reads %q %d times", text, n)
		}
	}
	if n := strings.Count(d.said(t, "ben"), "the week in numbers"); n < 5 {
		t.Errorf("ben has %d digests", n)
	}
	if said := d.said(t, "mina"); !strings.Contains(said, "یک قاعده آن را هرزنامه شمرد") {
		t.Error("no rule has met an advertisement")
	}
}

// said is what stands in somebody's chat with the bot.
func (d demoDesk) said(t *testing.T, who string) string {
	t.Helper()
	var id int64
	for _, p := range d.page.world().People {
		if p.Username == who {
			id = p.ID
		}
	}
	var chat json.RawMessage
	d.page.do(http.MethodGet, fmt.Sprintf("api/chat?as=%d&chat=%d&limit=200&peek=1", id, id), nil, &chat)
	return string(chat)
}

// approve takes the guided tour, by its keys and by what shines, until its post waits for
// its time.
func (d demoDesk) approve(t *testing.T, manager, client string) {
	t.Helper()
	press := func(who, action string) {
		d.click(t, fmt.Sprintf("[data-phone=%q] [data-button^='v1:%s:'].beacon", who, action))
	}
	d.click(t, "[data-tour='1'] [data-tour-do=sample]")
	d.see(t, "[data-tour='2']")
	press(manager, "slt")
	press(manager, "slot_at")
	press(manager, "slot_ok")
	d.see(t, "[data-tour='3']")
	press(manager, "snd")
	d.see(t, "[data-tour='4']")
	press(client, "ok")
	d.see(t, "[data-tour='5']")
}

// tour takes all of it.
func (d demoDesk) tour(t *testing.T, manager, client string) {
	t.Helper()
	d.approve(t, manager, client)
	d.until(t, "the post in its channel", func() bool {
		there := ask[bool](t, d.tab, `() => document.querySelector('.tour').dataset.tour === '6'`)
		if !there {
			ask[bool](t, d.tab, `() => { document.querySelector('[data-tour-do=jump]')?.click(); return true; }`)
			time.Sleep(3 * time.Second) // the post needs a moment, and the next one shall not go out too
		}
		return there
	})
	d.inspect(t, "the tour of "+manager)
	d.shoot(t, "demo-tour-"+manager)
	d.click(t, "[data-tour='6'] [data-tour-do=next]")
	d.see(t, ".tour-again")
}

// A skyScene is what a visitor meets in one language when Bluesky fails.
type skyScene struct {
	manager, answers, handle, post string // answers: who gets the comments
	down, ended, found, back       string // words of Peyk
	follower                       string
}

var (
	persianSky = skyScene{"reza", "mina", "nobahar.test", "قهوهٔ تازهٔ پاییز", "ارتباط با این شبکه برقرار نشد", "دیگر راهمان نمی‌دهد", "حساب پیدا شد", "وصل شد", "عکسش چقدر قشنگ است!"}
	englishSky = skyScene{"ben", "ben", "marlin.test", "Our autumn coffee", "could not be reached", "has ended", "We found the account", "is connected", "Is the sweet vegan?"}
)

// down lets a post meet a Bluesky that is down; when that is over it stands there, once.
func (d demoDesk) down(t *testing.T, s skyScene, tour func()) {
	t.Helper()
	unreached := d.news(t, s.manager, s.down)
	d.turn(t, "sky_down")
	tour()
	d.until(t, "word that Bluesky is not reached", unreached)
	board := func() string { return ask[string](t, d.tab, `() => document.querySelector('[data-sky]').innerText`) }
	d.click(t, "[data-switch=sky]")
	d.see(t, ".sky-down")
	if strings.Contains(board(), s.post) {
		t.Error("the post is on a Bluesky that is down")
	}
	d.turn(t, "sky_down")
	d.skip(t, "15m")
	d.until(t, "the post on Bluesky", func() bool { return strings.Count(board(), s.post) == 1 })
	d.inspect(t, "Bluesky for "+s.manager)
	d.shoot(t, "demo-sky-"+s.manager)
}

// comment lets a follower answer the brand's newest post on Bluesky, beside which the
// other brand's may stand: the answer is in the inbox.
func (d demoDesk) comment(t *testing.T, s skyScene) {
	t.Helper()
	d.until(t, "the post to answer", func() bool {
		return ask[bool](t, d.tab, `() => {
			const post = [...document.querySelectorAll('[data-sky] .sky-thread > [data-sky-post]')].find((n) => n.innerText.includes(`+quoted(s.post)+`));
			post?.querySelector(':scope > .sky-deeds [data-sky-answer]').click();
			return !!post;
		}`)
	})
	d.run(t, chromedp.SendKeys("[data-sky-text]", s.follower))
	d.click(t, "[data-sky-send]")
	d.until(t, "the comment on Bluesky", func() bool {
		return ask[bool](t, d.tab, `() => !document.querySelector('[data-sky-text]') && document.querySelector('[data-sky]').innerText.includes(`+quoted(s.follower)+`)`)
	})
	d.skip(t, "15m")
	d.until(t, "the comment in the inbox", func() bool { return strings.Contains(d.said(t, s.answers), s.follower) })
}

// expire ends the sessions of the brands: their managers are told.
func (d demoDesk) expire(t *testing.T, scenes ...skyScene) {
	t.Helper()
	var told []func() bool
	for _, s := range scenes {
		told = append(told, d.news(t, s.manager, s.ended))
	}
	d.turn(t, "sky_token")
	d.skip(t, "15m")
	for i, s := range scenes {
		d.until(t, "word to "+s.manager+" that the connection has ended", told[i])
		d.see(t, "[data-sky-brand='"+s.handle+"'] .out")
	}
	d.shoot(t, "demo-signed-out")
}

// reconnect lets a manager connect the brand's account anew, with the app password
// that stands on the page.
func (d demoDesk) reconnect(t *testing.T, s skyScene) {
	t.Helper()
	phone := "[data-phone=" + s.manager + "] "
	d.click(t, "[data-switch="+s.manager+"]")
	found, back := d.news(t, s.manager, s.found), d.news(t, s.manager, s.back)
	d.until(t, "the word with its button", func() bool {
		return ask[bool](t, d.tab, `() => [...document.querySelectorAll("`+phone+`.message.in")].some((m) => m.innerText.includes(`+quoted(s.ended)+`))`)
	})
	d.click(t, phone+"[data-button^='v1:enter:']")
	d.until(t, "the question for the password", found)
	word := ask[string](t, d.tab, `() => document.querySelector("[data-sky-brand='`+s.handle+`'] [data-sky-password]").textContent`)
	d.run(t, chromedp.SendKeys(phone+"[data-composer]", word))
	d.click(t, phone+"[data-send]")
	d.until(t, "word that it is connected again", back)
	if strings.Contains(d.said(t, s.manager), word) {
		t.Error("the app password stands in the chat")
	}
}

// news tells whether words are said to somebody more often than until now.
func (d demoDesk) news(t *testing.T, who, words string) func() bool {
	t.Helper()
	before := strings.Count(d.said(t, who), words)
	return func() bool { return strings.Count(d.said(t, who), words) > before }
}

// turn switches a fault in the bars of a narrow screen, which stay open until they are closed.
func (d demoDesk) turn(t *testing.T, fault string) {
	t.Helper()
	d.click(t, "[data-controls]")
	d.click(t, "[data-fault="+fault+"]")
	d.click(t, "[data-controls]")
}

// skip moves the clock there; then they close by themselves.
func (d demoDesk) skip(t *testing.T, to string) {
	t.Helper()
	d.click(t, "[data-controls]")
	d.click(t, "[data-skip='"+to+"']")
	d.until(t, "the closed bars", func() bool {
		return ask[bool](t, d.tab, `() => !document.querySelector('.bars').classList.contains('open')`)
	})
}

// faults switches each fault on once, and sees what it does.
func (d demoDesk) faults(t *testing.T) {
	t.Helper()
	has := func(words string) func() bool {
		return func() bool {
			return ask[bool](t, d.tab, `() => document.querySelector('[data-phone=ben]').innerText.includes(`+quoted(words)+`)`)
		}
	}
	for _, fault := range []string{"slow", "limit", "drop"} {
		d.click(t, "[data-fault="+fault+"]")
		d.see(t, "[data-effect]")
		before := ask[string](t, d.tab, `() => [...document.querySelectorAll('[data-phone=ben] [data-message-id]')].pop().dataset.messageId`)
		d.run(t, chromedp.SendKeys("[data-phone=ben] [data-composer]", "/help"))
		d.click(t, "[data-phone=ben] [data-send]")
		d.until(t, "an answer in spite of "+fault, func() bool {
			return ask[int](t, d.tab, `() => [...document.querySelectorAll('[data-phone=ben] .message.in')].filter((n) => Number(n.dataset.messageId) > `+before+`).length`) > 0
		})
		d.click(t, "[data-fault="+fault+"]")
	}
	d.click(t, ".tour-again")
	d.approve(t, "ben", "emma") // whatever else is due at this hour
	d.click(t, "[data-fault=platform]")
	due := func() bool { return ask[bool](t, d.tab, `() => !document.querySelector('[data-skip=due]').disabled`) }
	for !has("may be live")() && !has("did not reach us")() && due() {
		d.click(t, "[data-skip=due]")
		time.Sleep(5 * time.Second) // until the post has been tried
	}
	d.until(t, "word that nobody knows whether the post is out", func() bool { return has("did not reach us")() || has("may be live")() })
	d.click(t, "[data-fault=platform]")
	d.click(t, "[data-fault=token]")
	d.see(t, "[data-bot=start]")
	d.click(t, "[data-fault=token]")
	d.click(t, "[data-bot=start]")
	d.see(t, "[data-bot=kill]")
}
