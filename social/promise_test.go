package social

import (
	"testing"
	"time"
)

func TestAnswerBy(t *testing.T) {
	tehran, err := time.LoadLocation("Asia/Tehran")
	if err != nil {
		t.Skip("no zones here")
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, tehran) } // the 23rd is a Monday
	tests := []struct {
		name     string
		within   time.Duration
		from, to int
		came     time.Time
		want     time.Time
	}{
		{"nothing promised", 0, 9, 18, at(23, 10, 0), time.Time{}},
		{"within the day", 2 * time.Hour, 9, 18, at(23, 10, 0), at(23, 12, 0)},
		{"to the last minute", 2 * time.Hour, 9, 18, at(23, 16, 0), at(23, 18, 0)},
		{"into the next day", 2 * time.Hour, 9, 18, at(23, 17, 0), at(24, 10, 0)},
		{"before work", time.Hour, 9, 18, at(23, 3, 0), at(23, 10, 0)},
		{"after work", time.Hour, 9, 18, at(23, 22, 0), at(24, 10, 0)},
		{"over the day off", 2 * time.Hour, 9, 18, at(26, 17, 0), at(28, 10, 0)},
		{"around the clock", 5 * time.Hour, 0, 0, at(23, 22, 0), at(24, 3, 0)},
	}
	for _, test := range tests {
		b := Brand{Zone: "Asia/Tehran", Rules: BrandRules{
			AnswerPromise: test.within, WorkFrom: test.from * 60, WorkTo: test.to * 60, DaysOff: []time.Weekday{time.Friday},
		}}
		if got := b.AnswerBy(test.came); !got.Equal(test.want) {
			t.Errorf("%s: %s, want %s", test.name, got.In(tehran), test.want)
		}
	}
	never := Brand{Zone: "UTC", Rules: BrandRules{AnswerPromise: time.Hour, DaysOff: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}}
	if got := never.AnswerBy(noon); !got.IsZero() {
		t.Errorf("without a working day: %s", got)
	}
}

func TestAnswerSettings(t *testing.T) {
	b := Brand{}
	for name, set := range map[string]Setting{
		"a promise below nothing":     PromiseAnswer(-time.Minute),
		"a promise of a month":        PromiseAnswer(720 * time.Hour),
		"work that ends at dawn":      Work(18*60, 9*60),
		"work beyond the day":         Work(0, 25*60),
		"a day that is no day":        DayOff(9, true),
		"work by a responder":         func(b *Brand, _ Member) error { return AskFirst(true)(b, as(Responder)) },
		"a promise made by an editor": func(b *Brand, _ Member) error { return PromiseAnswer(time.Hour)(b, as(Editor)) },
	} {
		if err := set(&b, as(Manager)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	for d := range 7 {
		err := DayOff(time.Weekday(d), true)(&b, as(Manager))
		if last := d == 6; last != (err != nil) {
			t.Errorf("day off %d: %v", d, err)
		}
	}
}
