package locales

import (
	"slices"
	"strconv"
	"time"

	"peyk/social"
)

// A Cell is one day of a month picker. A dead cell cannot be chosen.
type Cell struct {
	Label string
	Day   int // number since 1 January 1970; 0 in an empty cell
	Dead  bool
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
// today stands between dots, the days in off carry a ring.
func (p Printer) MonthGrid(of Date, week time.Weekday, off ...time.Weekday) Grid {
	of.Day = 1
	g := Grid{
		Title: p.Label("month."+string(of.Calendar)+"."+strconv.Itoa(of.Month)) + " " + p.digits(strconv.Itoa(of.Year)),
		Prev:  of.addMonths(-1), Next: of.addMonths(1), RTL: p.lang == "fa",
	}
	for i := range 7 {
		g.Heads = append(g.Heads, p.Label("weekday.short."+strconv.Itoa((int(week)+i)%7)))
	}
	cells := make([]Cell, (int(of.Weekday())-int(week)+7)%7)
	today := dayNumber(p.now.In(p.zone))
	for d := range MonthLen(of.Year, of.Month, of.Calendar) {
		cells = append(cells, p.cell(d+1, of.Number()+d, today, off))
	}
	for len(cells)%7 != 0 {
		cells = append(cells, Cell{})
	}
	for row := range slices.Chunk(cells, 7) {
		g.Rows = append(g.Rows, row)
	}
	g.mirror()
	return g
}

func (p Printer) cell(day, number, today int, off []time.Weekday) Cell {
	c := Cell{Label: p.digits(strconv.Itoa(day)), Day: number, Dead: number < today}
	weekday := time.Unix(int64(number)*86400, 0).UTC().Weekday()
	switch {
	case c.Dead:
		c.Label = "·"
	case number == today:
		c.Label = "•" + c.Label + "•"
	case slices.Contains(off, weekday):
		c.Label += "°"
	}
	return c
}

// mirror fills the empty cells with something to show, and turns the rows for
// readers from right to left.
func (g *Grid) mirror() {
	for _, row := range g.Rows {
		for i := range row {
			if row[i].Day == 0 {
				row[i] = Cell{Label: " ", Dead: true}
			}
		}
		if g.RTL {
			slices.Reverse(row)
		}
	}
	if g.RTL {
		slices.Reverse(g.Heads)
	}
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
