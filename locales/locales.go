// Package locales holds every word that people read, in Persian and in English,
// and writes names, numbers and dates into them as each reader expects. It also
// reads the dates that people type.
package locales

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"peyk/social"
)

//go:embed *.json
var files embed.FS

// Words are the texts of all languages. They do not change after Load and may be
// used by many goroutines at once.
type Words struct {
	langs    map[string]map[string]form
	holidays map[Date]DayOff
	missing  atomic.Int64
}

// Load reads the embedded files, <language>.<noun>.json, and the holidays. A
// fault names its file and key. They are read once, whoever asks.
func Load() (*Words, error) {
	read, err := readFiles()
	if err != nil {
		return nil, err
	}
	return &Words{langs: read.langs, holidays: read.holidays}, nil
}

var readFiles = sync.OnceValues(func() (*Words, error) {
	w := &Words{langs: map[string]map[string]form{"fa": {}, "en": {}}}
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		raw, err := files.ReadFile(e.Name())
		if err == nil {
			err = w.read(e.Name(), raw)
		}
		if err != nil {
			return nil, fmt.Errorf("locales/%s: %w", e.Name(), err)
		}
	}
	return w, nil
})

func (w *Words) read(name string, raw []byte) error {
	if name == "holidays.json" {
		return w.readHolidays(raw)
	}
	lang, _, _ := strings.Cut(name, ".")
	if w.langs[lang] == nil {
		return fmt.Errorf("%q is no language of ours", lang)
	}
	var texts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &texts); err != nil {
		return err
	}
	for key, text := range texts {
		if w.Has(lang, key) {
			return fmt.Errorf("the key %q is in another file too", key)
		}
		f, err := readForm(text)
		if err != nil {
			return fmt.Errorf("the key %q: %w", key, err)
		}
		w.langs[lang][key] = f
	}
	return nil
}

// Has tells whether the key exists in the language.
func (w *Words) Has(lang, key string) bool {
	_, ok := w.langs[lang][key]
	return ok
}

// Missing counts how often a key or a value was asked for and not there.
func (w *Words) Missing() int64 { return w.missing.Load() }

// Guess is the language for somebody whose client says languageCode.
func Guess(languageCode string) string {
	base, _, _ := strings.Cut(strings.ToLower(languageCode), "-")
	if base == "fa" {
		return "fa"
	}
	return "en"
}

// Printer returns a printer for a reader. An unknown language is English, an
// unknown zone UTC, an unknown calendar Gregorian.
func (w *Words) Printer(lang string, zone *time.Location, cal social.Calendar) Printer {
	if w.langs[lang] == nil {
		lang = "en"
	}
	if zone == nil {
		zone = time.UTC
	}
	if cal != social.Jalali {
		cal = social.Gregorian
	}
	return Printer{words: w, lang: lang, zone: zone, calendar: cal}
}
