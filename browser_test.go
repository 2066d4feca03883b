//go:build browser

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// screenshots is where the browser tests leave what they saw; git ignores it.
const screenshots = "screenshots"

// A tab is a page in a browser of its own.
type tab struct {
	ctx    context.Context
	mu     sync.Mutex
	broken []string // what the page's scripts complained about
}

// chromium finds the browser, or skips the test.
func chromium(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium on this machine; apt-get install chromium brings it")
	}
	return path
}

// newTab starts Debian's Chromium, or skips the test where there is none.
func newTab(t *testing.T) *tab {
	t.Helper()
	path := chromium(t)
	options := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options, chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(end)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	b := &tab{ctx: ctx}
	b.run(t)
	var hearing sync.WaitGroup
	hearing.Go(b.hear)
	t.Cleanup(func() { closeTab(); hearing.Wait() })
	return b
}

// hear collects errors of the page's scripts, until the tab is closed.
func (b *tab) hear() {
	for m, err := range chromedp.Console(b.ctx) {
		if err != nil {
			return
		}
		if m.IsException() || m.Type == chromedp.ConsoleError {
			b.mu.Lock()
			b.broken = append(b.broken, m.String())
			b.mu.Unlock()
		}
	}
}

func (b *tab) run(t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

// ask runs a function of the page's language and reads what it gives.
func ask[T any](t *testing.T, b *tab, script string) T {
	t.Helper()
	got, err := chromedp.Run(b.ctx, chromedp.Evaluate[T]("("+script+")()"))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// size makes the window as large as a screen, in dark or light.
func (b *tab) size(t *testing.T, width, height int64, scheme string) {
	t.Helper()
	look := func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return chromedp.Void{}, err
	}
	b.run(t, chromedp.EmulateViewport(width, height, chromedp.EmulateScale(2)), look)
}

// aim finds the last visible element of a kind that a finger would hit, and gives
// its middle; null while there is none, or while it has not kept still for as long as
// a person needs to aim: a page that is being drawn anew would lose the press.
const aim = `() => {
	const seen = [...document.querySelectorAll(%s)].filter((n) => n.checkVisibility() && !n.disabled);
	const n = seen[seen.length - 1];
	if (!n) return null;
	const inside = (r) => r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth;
	if (!inside(n.getBoundingClientRect())) n.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
	const r = n.getBoundingClientRect();
	const [x, y] = [r.left + r.width / 2, r.top + r.height / 2];
	const hit = document.elementFromPoint(x, y);
	if (!hit || !(n === hit || n.contains(hit))) return null;
	const last = window.aimed;
	if (last?.n !== n || last.x !== x || last.y !== y) window.aimed = { n, x, y, since: performance.now() };
	return performance.now() - window.aimed.since >= 120 ? [x, y] : null;
}`

// click waits for an element that can be hit, and presses it with the mouse.
func (b *tab) click(t *testing.T, selector string) {
	t.Helper()
	var at []float64
	b.until(t, "something to click: "+selector, func() bool {
		at = ask[[]float64](t, b, fmt.Sprintf(aim, quoted(selector)))
		return len(at) == 2
	})
	b.run(t, chromedp.MouseClickXY(at[0], at[1]))
}

// see waits for an element that is shown.
func (b *tab) see(t *testing.T, selector string) {
	t.Helper()
	b.until(t, selector, func() bool {
		return ask[bool](t, b, `() => [...document.querySelectorAll(`+quoted(selector)+`)].some((n) => n.checkVisibility())`)
	})
}

func (b *tab) until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !true(); {
		if time.Now().After(deadline) {
			b.shoot(t, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"))
			t.Fatalf("the page did not come to show: %s", what)
		}
		time.Sleep(25 * time.Millisecond)
	}
}

func quoted(s string) string {
	out, _ := json.Marshal(s) // a string always is JSON
	return string(out)
}

// shoot keeps what the window shows.
func (b *tab) shoot(t *testing.T, name string) {
	t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	err = errors.Join(err, os.MkdirAll(screenshots, 0o750), os.WriteFile(filepath.Join(screenshots, name+".png"), png, 0o600))
	if err != nil {
		t.Error(err)
	}
}

// unreadable is what no page should show beside what nobody reads in a chat.
var unreadable = regexp.MustCompile(`undefined|\[object|\bNaN\b|\bnull\b|Invalid Date`)

// wide names the parts of bubbles that reach out of their phone, but for what is
// cut with an ellipsis on purpose.
const wide = `() => [...document.querySelectorAll('.phone')].filter((p) => p.checkVisibility()).flatMap((phone) => {
	const p = phone.getBoundingClientRect();
	const cut = (n) => n && n !== phone && (getComputedStyle(n).textOverflow === 'ellipsis' || cut(n.parentElement));
	return [...phone.querySelectorAll('[data-message-id], [data-message-id] *')].filter((n) => {
		const r = n.getBoundingClientRect();
		return n.checkVisibility() && r.width > 0 && (r.left < p.left - 1 || r.right > p.right + 1) && !cut(n.parentElement);
	}).map((n) => n.tagName + '.' + n.className + ': ' + n.textContent.slice(0, 60));
})`

// misnamed are buttons that are called otherwise than what stands on them, so that who
// speaks to the page, or hears it, does not find them.
const misnamed = `() => [...document.querySelectorAll('button[aria-label]')].filter((n) => {
	const plain = (words) => words.replace(/[\u2066-\u2069]/g, '').replace(/\s+/g, ' ').trim();
	const words = plain(n.innerText);
	return n.checkVisibility() && /[\p{L}\p{N}]/u.test(words) && !plain(n.getAttribute('aria-label')).includes(words);
}).map((n) => n.innerText + ' is called ' + n.getAttribute('aria-label'))`

// inspect looks at what holds for every screen: words that people can read, inside
// the phones, in our own letters, and no script of the page has failed.
func (b *tab) inspect(t *testing.T, screen string) {
	t.Helper()
	words := ask[string](t, b, `() => document.body.innerText`)
	if bad := foul(words) + unreadable.FindString(words); bad != "" {
		t.Errorf("%s: people read %q", screen, bad)
	}
	if out := ask[[]string](t, b, wide); len(out) > 0 {
		t.Errorf("%s: wider than the phone: %q", screen, out)
	}
	if names := ask[[]string](t, b, misnamed); len(names) > 0 {
		t.Errorf("%s: %q", screen, names)
	}
	if !ask[bool](t, b, `() => [...document.fonts].some((f) => f.family.includes('Vazirmatn') && f.status === 'loaded')`) {
		t.Errorf("%s: the letters of Vazirmatn are not there", screen)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, why := range b.broken {
		t.Errorf("%s: a script of the page failed: %s", screen, why)
	}
	b.broken = nil
}
