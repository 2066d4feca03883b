package social

import (
	"slices"
	"sync"
	"time"
)

// An Agency is the tenant.
type Agency struct {
	ID   int64
	Name string
}

// A Brand is one client of an agency, and the wall between clients.
type Brand struct {
	ID       int64
	AgencyID int64
	Name     string
	Zone     string // IANA name
	Calendar Calendar
	Rules    BrandRules
	Slots    []Slot
}

// BrandRules are the choices an agency makes for one brand.
type BrandRules struct {
	Stages        []Stage        `json:"stages"`       // 0 to 3, in order; none: the manager's own word is enough
	OwnApproval   bool           `json:"own_approval"` // the team may approve, also what it wrote itself
	Silence       Silence        `json:"silence"`
	WeekStart     time.Weekday   `json:"week_start"`
	QuietFrom     int            `json:"quiet_from"` // minutes after midnight
	QuietTo       int            `json:"quiet_to"`   // minutes after midnight
	Tolerance     time.Duration  `json:"tolerance"`  // a move on the same day up to this needs no new approval (U2)
	LateWindow    time.Duration  `json:"late_window"`
	NoReminders   bool           `json:"no_reminders,omitempty"` // approvers are not reminded
	AskFirst      bool           `json:"ask_first,omitempty"`    // responders' answers wait for a manager's word
	AnswerPromise time.Duration  `json:"answer_goal,omitempty"`  // within how much working time followers are answered; 0: none is promised
	WorkFrom      int            `json:"work_from,omitempty"`    // minutes after midnight
	WorkTo        int            `json:"work_to,omitempty"`      // minutes after midnight; as WorkFrom: the whole day
	DaysOff       []time.Weekday `json:"days_off,omitempty"`
	LoudBad       bool           `json:"loud_bad,omitempty"`  // complaints ring in quiet hours too
	Voice         string         `json:"voice,omitempty"`     // how the brand speaks, for whoever answers
	Standards     string         `json:"standards,omitempty"` // what it promises in public
	Inbox         []InboxRule    `json:"inbox,omitempty"`     // in the order in which they are tried
	Digest        *DigestTime    `json:"digest,omitempty"`    // nil: at the usual time
	LastRule      int64          `json:"last_rule,omitempty"` // the id of the youngest of them
}

// A Stage is one step of approval.
type Stage struct {
	By   Role `json:"by"`   // whose word counts
	Need Need `json:"need"` // of any of them, or of all
}

// Need says how many of a stage's people must agree.
type Need string

// The two needs.
const (
	Any Need = "any"
	All Need = "all"
)

// Silence says what happens when the client has not answered at the due time (U3).
type Silence string

// The policies for silence.
const (
	SilenceHold    Silence = "hold"    // it stays unpublished, and the manager is told
	SilenceAsk     Silence = "ask"     // the manager is asked an hour before
	SilencePublish Silence = "publish" // it goes out; only the client can switch this on
)

// The refusals about brands.
const (
	ErrBadName   = Rule("bad_name")
	ErrBadZone   = Rule("bad_zone")
	ErrBadSlot   = Rule("bad_slot")
	ErrNotClient = Rule("not_client") // only the client can allow publishing without a word
)

// DefaultRules are those of a new brand in the given calendar.
func DefaultRules(c Calendar) BrandRules {
	return BrandRules{
		Stages: []Stage{{By: Approver, Need: Any}}, Silence: SilenceHold, WeekStart: weekStart(c),
		QuietFrom: 22 * 60, QuietTo: 8 * 60, Tolerance: 2 * time.Hour, LateWindow: 10 * time.Minute,
	}
}

// weekStart is the day on which the weeks of a calendar's readers begin.
func weekStart(c Calendar) time.Weekday {
	if c == Jalali {
		return time.Saturday
	}
	return time.Monday
}

// A Slot is a posting time of the week, in the brand's zone.
type Slot struct {
	Day    time.Weekday `json:"day"`
	Minute int          `json:"minute"` // after midnight
}

// Valid tells whether the slot is a moment of a week.
func (s Slot) Valid() bool {
	return s.Day >= time.Sunday && s.Day <= time.Saturday && s.Minute >= 0 && s.Minute < 24*60
}

// DefaultSlots are 18:00 on every day but the brand's usual day off.
func DefaultSlots(c Calendar) []Slot {
	off := time.Sunday
	if c == Jalali {
		off = time.Friday
	}
	var slots []Slot
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d != off {
			slots = append(slots, Slot{Day: d, Minute: 18 * 60})
		}
	}
	return slots
}

// Location returns the brand's zone, or UTC if the system does not know it.
func (b Brand) Location() *time.Location {
	if l, read := zones.Load(b.Zone); read {
		return l.(*time.Location)
	}
	l, err := time.LoadLocation(b.Zone)
	if err != nil {
		return time.UTC
	}
	zones.Store(b.Zone, l)
	return l
}

// zones are those that were read: a rule asks for its brand's several times, and each
// reading of the file takes longer than the rule.
var zones sync.Map

// FreeSlots returns up to n of the brand's slots after now that no moment in
// taken occupies, the next first. It looks eight weeks ahead. A slot whose clock
// time does not exist on a day (a change to summer time) is left out.
func (b Brand) FreeSlots(now time.Time, taken []time.Time, n int) []time.Time {
	at := now.In(b.Location())
	var free []time.Time
	for day := 0; day < 56; day++ {
		date := time.Date(at.Year(), at.Month(), at.Day()+day, 12, 0, 0, 0, at.Location())
		for _, t := range b.slotsOf(date) {
			if !t.After(now) || slices.ContainsFunc(taken, t.Equal) {
				continue
			}
			if free = append(free, t); len(free) == n {
				return free
			}
		}
	}
	return free
}

// slotsOf returns the moments of one day's slots, in order.
func (b Brand) slotsOf(date time.Time) []time.Time {
	var times []time.Time
	for _, s := range b.Slots {
		if s.Day != date.Weekday() {
			continue
		}
		t := time.Date(date.Year(), date.Month(), date.Day(), s.Minute/60, s.Minute%60, 0, 0, date.Location())
		if t.Hour()*60+t.Minute() == s.Minute {
			times = append(times, t)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}
