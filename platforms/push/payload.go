package push

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"peyk/social"
)

// The longest parts of a comment that are taken in: ids in bytes, the rest in code
// points. No network of social.Platforms allows longer comments.
const (
	maxRemote = 250
	maxName   = 200
	maxText   = 20_000
	maxWords  = 80
	maxLink   = 2000
)

// What is wrong with a body as a whole.
const (
	faultJSON = fault("not_json")
	faultNone = fault("no_comments")
	faultMany = fault("too_many_comments")
)

// A fault is the "error" of an answer, which docs/push.md explains.
type fault string

// Error is the bare name.
func (f fault) Error() string { return string(f) }

// An id is a text, or a number that some networks write without quotes.
type id string

// UnmarshalJSON takes both, the number digit by digit.
func (i *id) UnmarshalJSON(raw []byte) error {
	var n json.Number
	if len(raw) > 0 && raw[0] != '"' {
		err := json.Unmarshal(raw, &n)
		*i = id(n)
		return err
	}
	return json.Unmarshal(raw, (*string)(i))
}

// line is one comment as a push writes it; docs/push.md tells of each field.
type line struct {
	Kind     string `json:"kind"`
	ID       id     `json:"id"`
	Post     id     `json:"post_id"`
	PostLink string `json:"post_link"`
	PostText string `json:"post_text"`
	Parent   id     `json:"parent"`
	Author   string `json:"author"`
	AuthorID id     `json:"author_id"`
	Text     string `json:"text"`
	Media    string `json:"media"`
	At       string `json:"at"`
	Link     string `json:"link"`
	Own      bool   `json:"own"`
}

// Parse reads a body. What is wrong with one comment keeps the others from nothing;
// the error is about the body as a whole.
func Parse(body []byte) (social.Push, error) {
	var p social.Push
	var whole struct {
		Comments []json.RawMessage `json:"comments"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(&whole); err != nil {
		return p, faultJSON
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return p, faultJSON
	}
	switch n := len(whole.Comments); {
	case n == 0:
		return p, faultNone
	case n > social.MaxTold:
		return p, faultMany
	}
	for i, raw := range whole.Comments {
		told, reason := read(raw)
		told.Index = i
		if reason != "" {
			p.Wrong = append(p.Wrong, social.Refused{Index: i, ID: told.Remote, Reason: reason})
			continue
		}
		p.Told = append(p.Told, told)
	}
	return p, nil
}

// read reads one comment, or says what is wrong with it.
func read(raw json.RawMessage) (t social.Told, reason string) {
	var l line
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) || json.Unmarshal(raw, &l) != nil {
		return t, social.WrongShape
	}
	if !l.ID.sound() || l.ID == "" {
		return t, social.WrongID
	}
	t.Remote, t.Kind = string(l.ID), social.ToldKind(l.Kind)
	if t.Kind == "" {
		t.Kind = social.ToldNew
	}
	if reason = l.wrong(t.Kind); reason != "" {
		return t, reason
	}
	at, err := time.Parse(time.RFC3339, l.At)
	if err != nil || at.Year() < 1990 || at.Year() > 9000 {
		return t, social.WrongTime
	}
	t.Heard = social.Heard{
		Post:   social.Thread{Remote: string(l.Post), Link: l.PostLink, Words: opening(l.PostText)},
		Remote: string(l.ID), Parent: string(l.Parent), Author: l.Author, AuthorID: string(l.AuthorID), Text: l.Text,
		Media: social.MediaKind(l.Media),
		Link:  l.Link, At: at, Own: l.Own,
	}
	if t.Kind == social.ToldEdited {
		t.Edited = at
	}
	return t, ""
}

// wrong says what is wrong with the parts of a comment; empty: nothing.
func (l line) wrong(kind social.ToldKind) string {
	switch kind {
	case social.ToldNew, social.ToldEdited, social.ToldDeleted:
	default:
		return social.WrongKind
	}
	switch {
	case !l.Parent.sound() || !l.Post.sound() || !l.AuthorID.sound() || !id(l.Media).sound():
		return social.WrongID
	case utf8.RuneCountInString(l.Text) > maxText, utf8.RuneCountInString(l.Author) > maxName:
		return social.WrongLong
	case !webLink(l.Link) || !webLink(l.PostLink):
		return social.WrongLink
	case kind != social.ToldDeleted && strings.TrimSpace(l.Text) == "" && l.Media == "":
		return social.WrongText
	}
	return ""
}

// sound tells whether it can be an id: short, and nothing in it that nobody sees.
func (i id) sound() bool {
	return len(i) <= maxRemote && !strings.ContainsFunc(string(i), hidden)
}

func hidden(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }

// webLink accepts nothing, or an address that people can open.
func webLink(s string) bool {
	if s == "" {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxLink && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsFunc(s, hidden)
}

// opening is how a post begins, as threads keep it.
func opening(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > maxWords {
		return string(runes[:maxWords]) + "…"
	}
	return text
}
