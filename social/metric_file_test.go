package social

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"
)

// What is written is read again, whatever the order of its columns.
func TestFiguresFile(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	in := []Snapshot{
		{Account: 3, Metric: MetricFollowers, Value: 1240, At: now.Add(-time.Hour), Found: now, Source: "telegram"},
		{Account: 3, Post: 7, Metric: MetricReactions, Value: 0, At: now, Found: now, Source: SourceOwn},
	}
	var file bytes.Buffer
	if err := WriteFigures(&file, []Account{{ID: 3, Platform: Telegram, Handle: "=1+1, \"کافه\""}}, in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(file.String(), "3,telegram,\"1+1, \"\"کافه\"\"\",,followers,1240,2026-11-23T08:00:00Z,telegram,2026-11-23T09:00:00Z\r\n") {
		t.Errorf("it says\n%s", file.String())
	}
	out, err := ReadFigures(strings.NewReader("\ufeff"+file.String()), now)
	if err != nil || len(out) != 2 {
		t.Fatalf("read %+v, %v", out, err)
	}
	for i := range in {
		want := in[i]
		want.Source = SourceCSV
		if out[i] != want {
			t.Errorf("read %+v, want %+v", out[i], want)
		}
	}
	out, err = ReadFigures(strings.NewReader("At, value ,METRIC,account\n2026-11-23T12:30:00+03:30,5,Reach,3\n"), now)
	if err != nil || len(out) != 1 || out[0].Value != 5 || !out[0].At.Equal(now) {
		t.Errorf("other columns: %+v, %v", out, err)
	}
}

// A file is taken in as a whole or not at all, and its first fault is named.
func TestBadFiguresFile(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	const head, good = "account,post,metric,value,at\n", "3,,followers,5,2026-11-22T00:00:00Z\n"
	for text, line := range map[string]int{
		"":                 1,
		"hello":            1,
		"account,metric\n": 1,
		head + good + "3,,followers,-5,2026-11-22T00:00:00Z":           3,
		head + good + "3,,followers,,2026-11-22T00:00:00Z":             3,
		head + good + "3,,followers,1.5,2026-11-22T00:00:00Z":          3,
		head + good + good + "3,,fame,5,2026-11-22T00:00:00Z":          4,
		head + "3,,followers,5,2026-11-22":                             2,
		head + "3,,followers,5,2026-11-24T00:00:00Z":                   2, // it is yet to come
		head + "x,,followers,5,2026-11-22T00:00:00Z":                   2,
		head + "3,x,followers,5,2026-11-22T00:00:00Z":                  2,
		head + "3,,followers,99999999999999999,2026-11-22T00:00:00Z":   2,
		head + good + "3,,followers\n":                                 3,
		head + "3,,\"followers,5,2026-11-22T00:00:00Z\n" + good + good: 4,
	} {
		var fault FileFault
		if out, err := ReadFigures(strings.NewReader(text), now); !errors.As(err, &fault) || fault.Line != line {
			t.Errorf("%q: %+v, %v; want line %d", text, out, err, line)
		}
	}
	if _, err := ReadFigures(strings.NewReader(head+strings.Repeat(good, MaxFigures+1)), now); !errors.Is(err, ErrFiguresLong) {
		t.Errorf("too long: %v", err)
	}
}
