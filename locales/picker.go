package locales

import (
	"slices"
	"strconv"
	"time"

	"peyk/social"
)

// A Mark says what is special about a day of a month picker.
type Mark int

// The marks of days. A day has the first that fits.
const (
	Ordinary Mark = iota
	Blank         // no day: the cell is before the first or after the last
	Past
	Today   // its number stands between dots
	Holiday // a public holiday: its number carries a ring
	Off     // a day of the week on which people rest: a ring as well
)

// A Cell is one day of a month picker. A dead cell cannot be chosen.
type Cell struct {
	Label string
	Day   int // number since 1 January 1970; 0 in an empty cell
	Dead  bool
	Mark  Mark
}

// A Grid is a month as rows of seven cells, laid out as the reader sees them: for
// Persian the first day of the week stands at the right.
type Grid struct {
	Title      string
	Heads      []string
	Rows       [][]Cell
	Prev, Next Date // first days of the months beside it
	RTL        bool // the next month lies to the left
}

// MonthGrid draws the month of a date for the reader. Days before today are dead;
// today stands between dots, holidays and the weekdays in off carry a ring.
func (p Printer) MonthGrid(of Date, week time.Weekday, off ...time.Weekday) Grid {
	of.Day = 1
	g := Grid{
		Title: p.Label("month."+string(of.Calendar)+"."+strconv.Itoa(of.Month)) + " " + p.digits(strconv.Itoa(of.Year)),
		Prev:  of.addMonths(-1), Next: of.addMonths(1), RTL: p.lang == "fa",
	}
	for i := range 7 {
		g.Heads = append(g.Heads, p.Label("weekday.short."+strconv.Itoa((int(week)+i)%7)))
	}
	cells := slices.Repeat([]Cell{blank()}, (int(of.Weekday())-int(week)+7)%7)
	for d := range MonthLen(of.Year, of.Month, of.Calendar) {
		cells = append(cells, p.cell(Date{of.Year, of.Month, d + 1, of.Calendar}, off))
	}
	for len(cells)%7 != 0 {
		cells = append(cells, blank())
	}
	for row := range slices.Chunk(cells, 7) {
		g.Rows = append(g.Rows, row)
	}
	if g.RTL {
		g.mirror()
	}
	return g
}

func blank() Cell { return Cell{Label: " ", Dead: true, Mark: Blank} }

func (p Printer) cell(d Date, off []time.Weekday) Cell {
	c := Cell{Label: p.digits(strconv.Itoa(d.Day)), Day: d.Number()}
	today := dayNumber(p.now.In(p.zone))
	switch {
	case c.Day < today:
		c.Label, c.Dead, c.Mark = "·", true, Past
	case c.Day == today:
		c.Label, c.Mark = "•"+c.Label+"•", Today
	case p.Holiday(d) != "":
		c.Label, c.Mark = c.Label+"°", Holiday
	case slices.Contains(off, d.Weekday()):
		c.Label, c.Mark = c.Label+"°", Off
	}
	return c
}

// mirror turns the rows for readers from right to left: keyboards are always laid
// out from the left.
func (g *Grid) mirror() {
	for _, row := range g.Rows {
		slices.Reverse(row)
	}
	slices.Reverse(g.Heads)
}

// addMonths returns the first day of the month n months later.
func (d Date) addMonths(n int) Date {
	months := d.Year*12 + d.Month - 1 + n
	return Date{Year: months / 12, Month: months%12 + 1, Day: 1, Calendar: d.Calendar}
}

// Today returns the reader's date today.
func (p Printer) Today() Date {
	d := DateOf(p.now.In(p.zone), p.calendar)
	d.Calendar = or(d.Calendar, social.Gregorian)
	return d
}
