package social

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The refusals about files of figures.
const (
	ErrFiguresForeign = Rule("figures_foreign") // it tells of an account or a post of another brand
	ErrFiguresLong    = Rule("figures_long")
	ErrNotFigures     = Rule("not_figures") // a picture, or several files
)

// MaxFigures is how many figures a file may hold.
const MaxFigures = 20_000

// figureColumns are the columns of a file of figures. Of those that are read the names
// count, and not their order.
var figureColumns = []string{"account", "network", "name", "post", "metric", "value", "at", "source", "found"}

// A FileFault says in which line of a file something cannot be read; the first is 1.
type FileFault struct{ Line int }

// Error names the line.
func (f FileFault) Error() string { return fmt.Sprintf("line %d cannot be read", f.Line) }

// WriteFigures writes figures as CSV, with the accounts that they are of.
func WriteFigures(to io.Writer, accounts []Account, figures []Snapshot) error {
	by := map[int64]Account{}
	for _, a := range accounts {
		by[a.ID] = a
	}
	out := csv.NewWriter(to)
	out.UseCRLF = true // RFC 4180
	if err := out.Write(figureColumns); err != nil {
		return err
	}
	for _, f := range figures {
		a := by[f.Account]
		post := ""
		if f.Post != 0 {
			post = strconv.FormatInt(f.Post, 10)
		}
		err := out.Write([]string{
			strconv.FormatInt(f.Account, 10), string(a.Platform), harmless(a.Handle), post, string(f.Metric),
			strconv.FormatInt(f.Value, 10), f.At.UTC().Format(time.RFC3339), string(f.Source), f.Found.UTC().Format(time.RFC3339),
		})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a table program from taking a name for a formula.
func harmless(name string) string { return strings.TrimLeft(name, "=+-@\t\r ") }

// ReadFigures reads a file of figures, all of it or nothing: a FileFault says where it
// cannot be read. Whatever source it names, the figures come from a file.
func ReadFigures(from io.Reader, now time.Time) ([]Snapshot, error) {
	in := csv.NewReader(from)
	in.TrimLeadingSpace = true
	head, err := in.Read()
	if err != nil {
		return nil, FileFault{1}
	}
	place := map[string]int{}
	for i, name := range head {
		place[strings.ToLower(strings.Trim(name, "\ufeff \t"))] = i
	}
	for _, needed := range []string{"account", "metric", "value", "at"} {
		if _, ok := place[needed]; !ok {
			return nil, FileFault{1}
		}
	}
	var figures []Snapshot
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return figures, nil
		}
		line, _ := in.FieldPos(0)
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return nil, FileFault{broken.Line}
		}
		if err != nil {
			return nil, err
		}
		f, err := figureOf(row, place, now)
		if err != nil {
			return nil, FileFault{line}
		}
		if figures = append(figures, f); len(figures) > MaxFigures {
			return nil, ErrFiguresLong
		}
	}
}

// figureOf reads one line.
func figureOf(row []string, place map[string]int, now time.Time) (Snapshot, error) {
	cell := func(name string) string {
		if i, ok := place[name]; ok {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	account, err := strconv.ParseInt(cell("account"), 10, 64)
	if err != nil {
		return Snapshot{}, err
	}
	var post int64
	if text := cell("post"); text != "" {
		if post, err = strconv.ParseInt(text, 10, 64); err != nil {
			return Snapshot{}, err
		}
	}
	value, err := strconv.ParseInt(cell("value"), 10, 64)
	if err != nil {
		return Snapshot{}, err
	}
	at, err := time.Parse(time.RFC3339, cell("at"))
	if err != nil {
		return Snapshot{}, err
	}
	m := Metric(strings.ToLower(cell("metric")))
	if _, err := CheckNumbers([]Reading{{m, value}}); err != nil || !slices.Contains(Metrics(), m) || at.After(now) || at.Year() < 2000 {
		return Snapshot{}, ErrNoNumbers
	}
	return Snapshot{Account: account, Post: post, Metric: m, Value: value, At: at, Found: now, Source: SourceCSV}, nil
}
