package social

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// A labelled comment carries what a careful person says of it. Those further down
// in a file are held back from whoever works on the words.
type labelled struct {
	mood                 Mood
	question, spam, held bool
	text                 string
}

// readLabelled reads the comments of one language.
func readLabelled(t testing.TB, language string) []labelled {
	t.Helper()
	raw, err := os.ReadFile("testdata/sentiment." + language + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	moods := map[string]Mood{"neg": Negative, "neu": Neutral, "pos": Positive}
	var all []labelled
	held := false
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "# ") {
			held = held || strings.HasPrefix(line, "# HELD BACK")
			continue
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 3 || moods[fields[0]] == "" || strings.Trim(fields[1], "qs-") != "" {
			t.Fatalf("sentiment.%s.txt: %q", language, line)
		}
		all = append(all, labelled{moods[fields[0]], strings.Contains(fields[1], "q"), strings.Contains(fields[1], "s"), held, fields[2]})
	}
	return all
}

// A measure counts how often a mark was right.
type measure struct{ hits, wrong, missed int }

func (m *measure) count(said, is bool) {
	switch {
	case said && is:
		m.hits++
	case said:
		m.wrong++
	case is:
		m.missed++
	}
}

func (m measure) precision() float64 { return float64(m.hits) / float64(max(1, m.hits+m.wrong)) }
func (m measure) recall() float64    { return float64(m.hits) / float64(max(1, m.hits+m.missed)) }

func (m measure) String() string {
	return fmt.Sprintf("precision %.2f, recall %.2f (%d right, %d wrong, %d missed)", m.precision(), m.recall(), m.hits, m.wrong, m.missed)
}

// measures are the marks of a part of the comments.
type measures struct{ negative, positive, question, spam measure }

// measureOf measures one part, and lists (-v) the mistakes of the part to build on.
func measureOf(t *testing.T, all []labelled, held bool) (m measures, n int) {
	for _, l := range all {
		if l.held != held {
			continue
		}
		n++
		s := Judge(l.text)
		m.negative.count(s.Negative(), l.mood == Negative)
		m.positive.count(s.Mood == Positive, l.mood == Positive)
		m.question.count(s.Question, l.question)
		m.spam.count(s.Spam, l.spam)
		if !held && (s.Mood != l.mood || s.Question != l.question || s.Spam != l.spam) {
			t.Logf("%q is %s, question %v, spam %v: judged %s, %v, %v by %q", l.text, l.mood, l.question, l.spam, s.Mood, s.Question, s.Spam, s.Why)
		}
	}
	return m, n
}

// TestSentimentMeasures holds the words to what the inbox needs: of the comments
// marked negative at least 80 of 100 are, and of the negative ones at least 75
// of 100 are marked, among comments that nobody looked at to write the words.
func TestSentimentMeasures(t *testing.T) {
	for _, language := range []string{"fa", "en"} {
		all := readLabelled(t, language)
		for _, held := range []bool{false, true} {
			m, n := measureOf(t, all, held)
			t.Logf("%s, held back: %v, %d comments\n  negative: %v\n  positive: %v\n  question: %v\n  spam:     %v",
				language, held, n, m.negative, m.positive, m.question, m.spam)
			if n < 120 || m.negative.hits+m.negative.missed < 40 {
				t.Errorf("%s: %d comments with %d negative ones are too few to measure", language, n, m.negative.hits+m.negative.missed)
			}
			if m.negative.precision() < 0.80 || m.negative.recall() < 0.75 {
				t.Errorf("%s, held back: %v: negative has %v", language, held, m.negative)
			}
		}
	}
}
