package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"peyk/emulator"
)

// TestFiguresComeBack: the file that the bot gives out is one that it takes in, and
// nothing in it is counted twice; what is new in it comes to the rest.
func TestFiguresComeBack(t *testing.T) {
	t.Parallel()
	s := polling.lent(t, "setup/en.txt")
	s.play(t, `clock 2026-11-24T23:00:10Z
run settle
lena says "/start"
bot tells lena "Hello"
lena presses "Nobahar" on "Hello"
lena presses "Accounts"
lena presses "Figures"
bot sends lena document "2 figures of Nobahar"
lena presses "Take in" on "Accounts of Nobahar"
bot tells lena "Send a file of figures"`)
	lena := s.phone(t, "lena")
	messages := s.telegram.Messages(lena.Chat())
	i := slices.IndexFunc(messages, func(m *emulator.Message) bool { return m.Document != nil })
	if i < 0 {
		t.Fatal("no file came")
	}
	file, ok := s.telegram.FileData(messages[i].Document.FileID)
	if !ok || bytes.Count(file, []byte("\n")) != 3 {
		t.Fatalf("the file is %q", file)
	}
	lines := strings.Split(string(file), "\r\n")
	more := strings.Replace(lines[1], ",followers,", ",reach,", 1)
	lena.Send(emulator.Media{Kind: emulator.KindDocument, Name: "figures.csv", Mime: "text/csv", Data: slices.Concat(file, []byte(more+"\r\n"))}, "")
	s.play(t, `bot tells lena "Taken in: 1. There already: 2."
run settle`)
	s.check(t)
}
