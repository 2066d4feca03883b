package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"peyk/emulator"
)

// realSky is a Bluesky network on this machine (tools/bluesky), of which two
// accounts are known.
type realSky struct{ host, handle, password, follower, followerPassword string }

// TestBlueskyLive lets a manager connect an account of a real Bluesky network, a post
// go out there, and a follower be answered, in both languages.
func TestBlueskyLive(t *testing.T) {
	sky := realSky{os.Getenv("BLUESKY_HOST"), os.Getenv("BLUESKY_HANDLE"), os.Getenv("BLUESKY_PASSWORD"), os.Getenv("BLUESKY_FOLLOWER"), os.Getenv("BLUESKY_FOLLOWER_PASSWORD")}
	if sky.followerPassword == "" {
		t.Skip("no Bluesky network; make bluesky starts one")
	}
	for lang, script := range map[string]string{"en": liveEnglish, "fa": livePersian} {
		t.Run(lang, func(t *testing.T) {
			s := newStage(t, monday)
			s.clock.bell = nil // a network takes a moment to notice a comment, and is asked again half an hour later
			s.more = map[string]string{"BLUESKY_URL": sky.host}
			s.start(t)
			hooks := s.hooks(t)
			hooks.Timeout = time.Minute
			hooks.Run["sky"] = func(args []string) error { return sky.deed(t, args) }
			text := strings.NewReplacer("{host}", sky.host, "{handle}", sky.handle, "{password}", sky.password, "{mark}", lang+fmt.Sprint(time.Now().Unix())).Replace(script)
			emulator.RunLines(t, s.telegram, "testdata/scripts/live.txt", text, hooks)
			s.check(t)
			s.searchTables(t, []secretWord{{"the app password", sky.password}})
		})
	}
}

const liveEnglish = `
include setup/en.txt
lena starts
bot tells lena "Hello"
lena presses "Nobahar" on "Hello"
bot tells lena "Your role"
lena presses "Accounts"
bot tells lena "Accounts of Nobahar"
lena presses "➕ Bluesky"
lena says "@{handle}"
bot tells lena "We found the account" "{host}"
lena says "aaaa-aaaa-aaaa-aaaa"
bot tells lena "did not accept this name"
lena says "{password}"
bot tells lena "is connected" "follower"
let when "today 13:00"
lena sends photo "Cakes {mark} 🎂 #nobahar"
include setup/submit.en.txt
omar presses "Approve" on "Cakes"
bot tells lena "Omar" "approved the post"
run settle
clock 2026-11-23T13:00:01Z
bot tells lena "The post of Nobahar is live" "bsky.app/profile/{handle}/post/"
run sky comment "Cakes {mark}" "Gluten free? {mark}"
clock +31m
bot tells lena "New comment" "Gluten free?"
lena replies "All of it {mark}" to "Gluten free?"
bot tells lena "Answered" "bsky.app/profile/{handle}/post/"
run sky has 1 "All of it {mark}"
lena presses "Hide" on "Gluten free?"
lena presses "Hide it"
bot tells lena "taken away"
`

const livePersian = `
include setup/fa.txt
leila starts
bot tells leila "سلام"
leila presses "نوبهار" on "سلام"
bot tells leila "نقش شما"
leila presses "حساب‌ها"
bot tells leila "حساب‌های نوبهار"
leila presses "➕ بلواسکای"
leila says "https://bsky.app/profile/{handle}"
bot tells leila "حساب پیدا شد" "{host}"
leila says "{password}"
bot tells leila "وصل شد" "دنبال‌کننده"
let when "امروز ۱۶:۳۰"
leila says "سه کیک تازه {mark} 🎂 #نوروز"
include setup/submit.fa.txt
omid presses "تأیید" on "سه کیک تازه"
bot tells leila "امید" "تأیید کرد"
run settle
clock 2026-11-23T13:00:01Z
bot tells leila "پست نوبهار منتشر شد" "bsky.app/profile/{handle}/post/"
run sky comment "سه کیک تازه {mark}" "گلوتن دارد؟ {mark}"
clock +31m
bot tells leila "نظر تازه" "گلوتن دارد؟"
leila replies "نه، ندارد {mark}" to "گلوتن دارد؟"
bot tells leila "پاسخ داده شد" "bsky.app/profile/{handle}/post/"
run sky has 1 "نه، ندارد {mark}"
`

// deed is what the follower does, or what the account must have: comment "part of a
// post" "text", has N "text".
func (r realSky) deed(t *testing.T, args []string) error {
	t.Helper()
	session := r.call(t, "", "com.atproto.server.createSession", map[string]any{"identifier": r.follower, "password": r.followerPassword})
	cafe := r.call(t, "", "com.atproto.identity.resolveHandle?handle="+r.handle, nil)["did"].(string)
	list := r.call(t, "", "com.atproto.repo.listRecords?"+url.Values{"repo": {cafe}, "collection": {"app.bsky.feed.post"}}.Encode(), nil)
	if args[0] == "has" {
		if n := len(r.saying(list, args[2])); fmt.Sprint(n) != args[1] {
			return fmt.Errorf("%d posts say %q", n, args[2])
		}
		return nil
	}
	found := r.saying(list, args[1])
	if len(found) != 1 {
		return fmt.Errorf("%d posts say %q", len(found), args[1])
	}
	to := map[string]any{"uri": found[0]["uri"], "cid": found[0]["cid"]}
	r.call(t, session["accessJwt"].(string), "com.atproto.repo.createRecord", map[string]any{
		"repo": session["did"], "collection": "app.bsky.feed.post", "record": map[string]any{
			"$type": "app.bsky.feed.post", "text": args[2], "createdAt": monday.Add(4 * time.Hour).Format(time.RFC3339),
			"reply": map[string]any{"root": to, "parent": to},
		},
	})
	return nil
}

// saying are the posts of a list that hold a text.
func (realSky) saying(list map[string]any, part string) (found []map[string]any) {
	for _, item := range list["records"].([]any) {
		record := item.(map[string]any)
		if text, _ := record["value"].(map[string]any)["text"].(string); strings.Contains(text, part) {
			found = append(found, record)
		}
	}
	return found
}

// call asks the network; a body makes it a procedure.
func (r realSky) call(t *testing.T, token, method string, body map[string]any) map[string]any {
	t.Helper()
	verb, raw := http.MethodGet, []byte(nil)
	if body != nil {
		verb = http.MethodPost
		raw, _ = json.Marshal(body)
	}
	q, err := http.NewRequestWithContext(t.Context(), verb, r.host+"/xrpc/"+method, bytes.NewReader(raw))
	must(t, err)
	q.Header.Set("Content-Type", "application/json")
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(q)
	must(t, err)
	defer answer.Body.Close()
	told := map[string]any{}
	must(t, json.NewDecoder(answer.Body).Decode(&told))
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", method, answer.Status, told)
	}
	return told
}
