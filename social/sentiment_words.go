package social

import (
	"bytes"
	"embed"
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed words/sentiment.*.txt
var sentimentFiles embed.FS

// sentimentWords are read once, when the first comment is judged.
var sentimentWords = sync.OnceValue(func() *lexicon {
	book, err := readLexicon(sentimentFiles)
	if err != nil {
		panic(err) // a broken file is part of the program, and every test sees it
	}
	return book
})

// A cue is what a word or a phrase does to the mood of a comment.
type cue struct {
	score   float64 // what it says of the mood by itself
	polite  bool    // manners more than mood
	factor  float64 // how much it strengthens what follows; 0: not at all
	spam    float64
	turns   bool // what follows counts more than what went before
	asks    asking
	reproof bool    // it asks, but not for information
	doubt   float64 // a complaint so likely, where it denies nothing that we know
	denies  denying
}

// asking tells where a cue makes a question of its clause.
type asking byte

const (
	asksNever asking = iota
	asksAlways
	asksFirst // among the first words of the clause
	asksAlone // where nothing else is said
)

// denying tells on which side of a cue the words stand that it denies: Persian
// denies with the verb, at the end, English before.
type denying byte

const (
	deniesNothing denying = iota
	deniesNext
	deniesLast
)

// A lexicon holds the cues by their folded spelling, without spaces.
type lexicon struct {
	cues      map[string]cue
	plain     map[string]string // spellings without doubled letters, to theirs
	endings   map[string]bool
	doubting  []string // beginnings of words that deny
	own       []string // endings of what people say of themselves
	links     []string // parts that make a word an address
	spellings map[rune]rune
	sorted    []string // the spellings of the cues
	longest   int      // bytes of the longest
}

// Bytes of the longest ending, and of what has to stand before one.
const (
	longestEnding = 16
	shortestStem  = 4
)

// readLexicon reads every file of words.
func readLexicon(files embed.FS) (*lexicon, error) {
	book := &lexicon{cues: map[string]cue{}, plain: map[string]string{}, endings: map[string]bool{}, spellings: map[rune]rune{}}
	// Persian comes first: it has the spellings that fold the words of the others.
	for _, name := range []string{"fa", "en", "emoji"} {
		raw, err := files.ReadFile(path.Join("words", "sentiment."+name+".txt"))
		if err != nil {
			return nil, fmt.Errorf("reading the words of sentiment: %w", err)
		}
		if err := book.read(string(raw)); err != nil {
			return nil, fmt.Errorf("words/sentiment.%s.txt: %w", name, err)
		}
	}
	book.sorted = slices.Sorted(maps.Keys(book.cues))
	for _, key := range book.sorted {
		book.longest = max(book.longest, len(key))
		if single := string(undouble([]byte(key))); single != key {
			book.plain[single] = key
		}
	}
	return book, nil
}

func (b *lexicon) read(text string) error {
	section, number := "", 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case strings.HasPrefix(line, "["):
			section = strings.Trim(line, "[]")
		default:
			if err := b.readLine(section, line); err != nil {
				return fmt.Errorf("line %d: %w", number, err)
			}
		}
	}
	return nil
}

// listSeparators are the commas of both scripts (the Persian one is U+060C).
const listSeparators = ",\u060c"

func (b *lexicon) readLine(section, line string) error {
	if section == "spellings" {
		from, to, _ := strings.Cut(line, " ")
		b.spellings[firstRune(from)] = firstRune(to)
		return nil
	}
	value := 0.0
	if number, rest, scored := strings.Cut(line, "\t"); scored {
		var err error
		if value, err = strconv.ParseFloat(number, 64); err != nil {
			return err
		}
		line = rest
	}
	items := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(listSeparators, r) })
	if section == "pictures" {
		items = strings.Fields(line)
	}
	for _, item := range items {
		if err := b.add(section, strings.TrimSpace(item), value); err != nil {
			return err
		}
	}
	return nil
}

// add takes one entry in. A word may stand in several sections.
func (b *lexicon) add(section, item string, value float64) error {
	switch section {
	case "links":
		b.links = append(b.links, item)
		return nil
	case "endings":
		b.endings[b.key(item)] = true
		return nil
	case "doubt beginnings":
		b.doubting = append(b.doubting, b.key(item))
		return nil
	case "own endings":
		b.own = append(b.own, b.key(item))
		return nil
	}
	key := b.key(item)
	c := b.cues[key]
	if !c.learn(section, value) {
		return fmt.Errorf("%q is no section", section)
	}
	b.cues[key] = c
	return nil
}

// learn adds what a section says of a word.
func (c *cue) learn(section string, value float64) bool {
	switch section {
	case "mood", "pictures":
		c.score = value
	case "courtesy":
		c.score, c.polite = value, true
	case "more":
		c.factor = value
	case "spam":
		c.spam = value
	case "doubts":
		c.doubt = value
	case "turns":
		c.turns = true
	case "denies next":
		c.denies = deniesNext
	case "denies last":
		c.denies = deniesLast
	default:
		return c.learnAsking(section)
	}
	return true
}

func (c *cue) learnAsking(section string) bool {
	switch section {
	case "asks":
		c.asks = asksAlways
	case "asks first":
		c.asks = asksFirst
	case "asks alone":
		c.asks = asksAlone
	case "why":
		c.asks, c.reproof = asksAlways, true
	default:
		return false
	}
	return true
}

// key is the folded spelling of an entry. Pictures have none and stay as they are.
func (b *lexicon) key(item string) string {
	folded := readComment(item, b).folded
	if len(folded) == 0 {
		return item
	}
	return string(folded)
}

// begins tells whether any spelling begins so.
func (b *lexicon) begins(start []byte) bool {
	at := sort.Search(len(b.sorted), func(i int) bool { return b.sorted[i] >= string(start) })
	return at < len(b.sorted) && len(b.sorted[at]) >= len(start) && b.sorted[at][:len(start)] == string(start)
}

// find looks for a spelling, then for the word without its ending, then for both
// without letters that were drawn out.
// The ending is part of the last word, which begins at tail.
func (b *lexicon) find(spelling []byte, tail int, drawn bool) (cue, bool) {
	if c, ok := b.stem(spelling, tail); ok || !drawn {
		return c, ok
	}
	var room [64]byte
	single := undouble(append(room[:0], spelling...))
	if key, ok := b.plain[string(single)]; ok {
		return b.cues[key], true
	}
	return b.stem(single, 0)
}

func (b *lexicon) stem(spelling []byte, tail int) (cue, bool) {
	if len(spelling) > b.longest+longestEnding {
		return cue{}, false
	}
	if c, ok := b.cues[string(spelling)]; ok {
		return c, true
	}
	least := max(shortestStem, tail, len(spelling)-longestEnding)
	for cut := len(spelling) - 1; cut >= least; cut-- {
		if !utf8.RuneStart(spelling[cut]) || !b.endings[string(spelling[cut:])] {
			continue
		}
		if c, ok := b.cues[string(spelling[:cut])]; ok {
			return c, true
		}
		if c, ok := b.cues[string(spelling[:cut+1])]; ok && spelling[cut] == 'e' {
			return c, true // hate, hated
		}
	}
	return cue{}, false
}

// doubts tells whether a word is a verb that denies, said of somebody else.
func (b *lexicon) doubts(word []byte) bool {
	for _, begin := range b.doubting {
		if bytes.HasPrefix(word, []byte(begin)) && len(word) > len(begin) {
			return !slices.ContainsFunc(b.own, func(end string) bool { return bytes.HasSuffix(word, []byte(end)) })
		}
	}
	return false
}

// undouble writes repeated letters once, in place.
func undouble(s []byte) []byte {
	out := s[:0]
	last := utf8.RuneError
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		if r != last {
			out = append(out, s[:size]...)
		}
		last, s = r, s[size:]
	}
	return out
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
