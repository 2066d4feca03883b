package social

import (
	"slices"
	"time"
)

// maxSlots bounds a brand's posting times of a week.
const maxSlots = 60

// A Setting changes a brand on behalf of a member, or refuses to.
type Setting func(b *Brand, by Member) error

// setup is a setting for those who set brands up.
func setup(change func(b *Brand) error) Setting {
	return func(b *Brand, by Member) error {
		if err := by.Can(Setup); err != nil {
			return err
		}
		return change(b)
	}
}

// Rename gives the brand another name.
func Rename(typed string) Setting {
	return setup(func(b *Brand) error {
		name, err := CleanName(typed)
		if err != nil {
			return err
		}
		b.Name = name
		return nil
	})
}

// ValidZone tells whether the name is a time zone of the IANA database.
func ValidZone(name string) bool {
	if name == "" || name == "Local" || len(name) > 64 {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

// MoveZone sets the brand's time zone by its IANA name. Its posting slots keep
// their clock time; posts that have a time keep their moment.
func MoveZone(name string) Setting {
	return setup(func(b *Brand) error {
		if !ValidZone(name) {
			return ErrBadZone
		}
		b.Zone = name
		return nil
	})
}

// UseCalendar sets the calendar by which the brand lives. What nobody has chosen
// otherwise becomes what is usual there: the day on which weeks begin, with which the
// digest comes, and the posting times.
func UseCalendar(c Calendar) Setting {
	return setup(func(b *Brand) error {
		if c != Jalali && c != Gregorian {
			return ErrOutdated
		}
		if b.Rules.WeekStart == weekStart(b.Calendar) {
			b.Rules.WeekStart = weekStart(c)
		}
		if slices.Equal(b.Slots, DefaultSlots(b.Calendar)) {
			b.Slots = DefaultSlots(c)
		}
		b.Calendar = c
		return nil
	})
}

// StartWeek sets the day with which the brand's week begins.
func StartWeek(d time.Weekday) Setting {
	return setup(func(b *Brand) error {
		if d < time.Sunday || d > time.Saturday {
			return ErrOutdated
		}
		b.Rules.WeekStart = d
		return nil
	})
}

// TellWeeks sets when people are told of the week that is over.
func TellWeeks(at Slot, now time.Time) Setting {
	return setup(func(b *Brand) error {
		if !at.Valid() {
			return ErrOutdated
		}
		if at != b.DigestSlot() {
			b.Rules.Digest = &DigestTime{Slot: at, Since: now}
		}
		return nil
	})
}

// AskStages sets whose approval a post needs, in order: none to three roles that
// may approve. The need of a role that was asked before stays as it was.
func AskStages(roles ...Role) Setting {
	return setup(func(b *Brand) error {
		if len(roles) > 3 {
			return ErrOutdated
		}
		stages := make([]Stage, 0, len(roles))
		for _, r := range roles {
			if !r.May(Approve) {
				return ErrOutdated
			}
			stages = append(stages, Stage{By: r, Need: b.Rules.needOf(r)})
		}
		b.Rules.Stages = stages
		return nil
	})
}

func (r BrandRules) needOf(role Role) Need {
	for _, s := range r.Stages {
		if s.By == role {
			return s.Need
		}
	}
	return Any
}

// AskNeed says whether one word of each stage is enough, or all must agree.
func AskNeed(n Need) Setting {
	return setup(func(b *Brand) error {
		if n != Any && n != All {
			return ErrOutdated
		}
		b.Rules.Stages = slices.Clone(b.Rules.Stages)
		for i := range b.Rules.Stages {
			b.Rules.Stages[i].Need = n
		}
		return nil
	})
}

// AllowOwn says whether the team may approve what it wrote itself.
func AllowOwn(yes bool) Setting {
	return setup(func(b *Brand) error {
		b.Rules.OwnApproval = yes
		return nil
	})
}

// RemindApprovers says whether approvers are reminded of what waits for them.
func RemindApprovers(yes bool) Setting {
	return setup(func(b *Brand) error {
		b.Rules.NoReminders = !yes
		return nil
	})
}

// TakeSilence sets what happens when nobody has answered at the due time. That
// silence means yes is the client's own word: only an approver can say so, and
// whoever sets the brand up, or an approver, can end it (U3).
func TakeSilence(s Silence) Setting {
	return func(b *Brand, by Member) error {
		switch {
		case !by.Role.Valid():
			return ErrNotFound
		case s != SilenceHold && s != SilenceAsk && s != SilencePublish:
			return ErrOutdated
		case s == SilencePublish && by.Role != Approver:
			return ErrNotClient
		case by.Role != Approver && !by.Role.May(Setup):
			return ErrForbidden
		}
		b.Rules.Silence = s
		return nil
	}
}

// KeepQuiet sets the hours in which people are not disturbed, in minutes after
// midnight; two equal times mean that there are none.
func KeepQuiet(from, to int) Setting {
	return setup(func(b *Brand) error {
		if from < 0 || from >= 24*60 || to < 0 || to >= 24*60 {
			return ErrBadSlot
		}
		b.Rules.QuietFrom, b.Rules.QuietTo = from, to
		return nil
	})
}

// AddSlot adds a posting time. One that is there already is no change.
func AddSlot(s Slot) Setting {
	return setup(func(b *Brand) error {
		if !s.Valid() || (len(b.Slots) >= maxSlots && !slices.Contains(b.Slots, s)) {
			return ErrBadSlot
		}
		if !slices.Contains(b.Slots, s) {
			b.Slots = append(slices.Clone(b.Slots), s)
		}
		slices.SortFunc(b.Slots, func(x, y Slot) int {
			return (int(x.Day)*24*60 + x.Minute) - (int(y.Day)*24*60 + y.Minute)
		})
		return nil
	})
}

// DropSlot takes a posting time away. Posts that have it keep their time.
func DropSlot(s Slot) Setting {
	return setup(func(b *Brand) error {
		b.Slots = slices.DeleteFunc(slices.Clone(b.Slots), func(x Slot) bool { return x == s })
		return nil
	})
}
