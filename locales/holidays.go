package locales

import (
	"encoding/json"
	"fmt"
	"time"

	"peyk/social"
)

// A DayOff is a public holiday in Iran. It is a hint for people who plan, and blocks
// nothing.
type DayOff struct {
	Key      string // its name is the text "holiday.<key>"
	Sure     bool   // false: the moon decides, and the day may shift by one
	Mourning bool   // the tone of posts needs a second look
}

// readHolidays reads the days, which are kept by hand from the official calendar
// and its forecasts.
func (w *Words) readHolidays(raw []byte) error {
	var list []struct {
		Date     string
		Name     string
		Sure     bool
		Mourning bool
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	w.holidays = map[Date]DayOff{}
	for _, h := range list {
		d := Date{Calendar: social.Jalali}
		if _, err := fmt.Sscanf(h.Date, "%d-%d-%d", &d.Year, &d.Month, &d.Day); err != nil || !d.exists() {
			return fmt.Errorf("%q is no date", h.Date)
		}
		if _, twice := w.holidays[d]; twice {
			return fmt.Errorf("the day %s comes twice", h.Date)
		}
		w.holidays[d] = DayOff{Key: h.Name, Sure: h.Sure, Mourning: h.Mourning}
	}
	return nil
}

// Holiday tells whether a day, of either calendar, is off in Iran.
func (w *Words) Holiday(d Date) (DayOff, bool) {
	if d.Calendar != social.Jalali {
		d = DateOfNumber(d.Number(), social.Jalali)
	}
	h, ok := w.holidays[d]
	return h, ok
}

// Holiday names the holiday of a day, for readers who live by Iran's calendar or
// in its zone; "" for other days and readers. A day that may still shift says so.
func (p Printer) Holiday(d Date) string {
	h, ok := p.holiday(d)
	switch {
	case !ok:
		return ""
	case h.Sure:
		return p.Label("holiday." + h.Key)
	}
	return p.Label("holiday.likely", "name", p.Label("holiday."+h.Key))
}

// Tone is a hint on the tone of posts for days of mourning; "" on others.
func (p Printer) Tone(t time.Time) string {
	if h, ok := p.holiday(p.civil(t)); ok && h.Mourning {
		return p.Say("holiday.mourning", "name", p.Label("holiday."+h.Key))
	}
	return ""
}

// IsHoliday tells whether a moment lies on a public holiday that the reader keeps.
func (p Printer) IsHoliday(t time.Time) bool {
	_, ok := p.holiday(p.civil(t))
	return ok
}

func (p Printer) holiday(d Date) (DayOff, bool) {
	if p.calendar != social.Jalali && p.zone.String() != "Asia/Tehran" {
		return DayOff{}, false
	}
	return p.words.Holiday(d)
}
