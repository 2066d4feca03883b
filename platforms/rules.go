package platforms

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"peyk/social"
)

//go:embed rules.json
var rulesJSON []byte

// What a row of rules.json limits.
const (
	limitsText     = "text"     // max, unit: the text, also beside media unless there is a caption row
	limitsCaption  = "caption"  // max, unit: the text beside media
	limitsHashtags = "hashtags" // max
	limitsMentions = "mentions" // max
	limitsMedia    = "media"    // min: media a post must have
	limitsAlbum    = "album"    // kinds that may stand together, max of them
	limitsFile     = "file"     // what a file of these kinds may be
	limitsLinks    = "links"    // dead: addresses cannot be tapped
	limitsAlt      = "alt"      // kinds that may be described for those who do not see them, max, unit
)

// A Row is one rule of a platform with its date and source. A row that is not
// Sure only warns; a row marked API binds the programming interface and only
// warns where a person publishes.
type Row struct {
	Platform social.Platform    `json:"platform"`
	What     string             `json:"what"`
	Kinds    []social.MediaKind `json:"kinds"`
	Min      int                `json:"min"`
	Max      int                `json:"max"`
	Unit     Unit               `json:"unit"`
	Link     int                `json:"link"`   // what an address counts, in Toots
	Bytes    int64              `json:"bytes"`  // of a file, or of a text in UTF-8
	Pixels   int                `json:"pixels"` // width + height
	Area     int64              `json:"area"`   // width × height
	Formats  []string           `json:"formats"`
	RatioMin float64            `json:"ratio_min"` // width / height
	RatioMax float64            `json:"ratio_max"`
	MinTime  int                `json:"seconds_min"`
	MaxTime  int                `json:"seconds_max"`
	Dead     bool               `json:"dead"`
	API      bool               `json:"api"`
	AsOf     string             `json:"as_of"` // YYYY-MM-DD
	Source   string             `json:"source"`
	Sure     bool               `json:"sure"`
}

// binds tells whether breaking the row stops a post of the account.
func (r Row) binds(a social.Account) bool { return r.Sure && !(r.API && a.ByHand) }

// takes tells whether the row is about the kind.
func (r Row) takes(kind social.MediaKind) bool { return slices.Contains(r.Kinds, kind) }

// A RuleSet is what one platform allows. A row with Max 0 limits nothing.
type RuleSet struct {
	Platform social.Platform
	Text     Row
	Caption  Row // equals Text where the platform makes no difference
	Hashtags Row
	Mentions Row
	Media    Row // Min > 0: a post must have media
	Albums   []Row
	Files    []Row
	Links    Row
	Alt      Row // without kinds the platform takes no descriptions
}

// limit returns the row that limits the variant's text.
func (s RuleSet) limit(v social.Variant) Row {
	if len(v.Media) > 0 {
		return s.Caption
	}
	return s.Text
}

// book holds the embedded rules, read once; they are part of the program, so a
// broken file stops it (and the tests before it).
var book = sync.OnceValue(func() map[social.Platform]RuleSet {
	sets, err := parseRules(rulesJSON)
	if err != nil {
		panic(err)
	}
	return sets
})

// Rules returns what the platform allows. It panics on a platform without rules:
// nothing may go out unchecked.
func Rules(p social.Platform) RuleSet {
	set, ok := book()[p]
	if !ok {
		panic(fmt.Sprintf("platforms: no rules for %q", p))
	}
	return set
}

// RulesOf returns what may go out on an account: what its platform allows, and what
// its own server says instead.
func RulesOf(a social.Account) RuleSet {
	set, own := Rules(a.Platform), a.Limits
	if a.ByHand || own.At.IsZero() {
		return set
	}
	for _, row := range []*Row{&set.Text, &set.Caption} {
		row.Max, row.Link = either(own.Text, row.Max), either(own.Link, row.Link)
		if own.Whole {
			row.Unit = CodePoints
		}
	}
	set.Alt.Max = either(own.Alt, set.Alt.Max)
	set.Albums, set.Files = slices.Clone(set.Albums), slices.Clone(set.Files)
	for i, row := range set.Albums {
		if row.takes(social.Photo) {
			set.Albums[i].Max = either(own.Media, row.Max)
		}
	}
	for i, row := range set.Files {
		size := own.Video
		if row.takes(social.Photo) {
			size = own.Picture
			set.Files[i].Area = either(own.Area, row.Area)
		}
		set.Files[i].Bytes = either(size, row.Bytes)
		if len(own.Formats) > 0 {
			set.Files[i].Formats = own.Formats
		}
	}
	return set
}

// either is the first number, unless it is not known.
func either[N int | int64](own, usual N) N {
	if own > 0 {
		return own
	}
	return usual
}

// parseRules reads a rules file and refuses rows that are unknown, undated,
// without a source or said twice, and platforms without a text or media rule.
func parseRules(data []byte) (map[social.Platform]RuleSet, error) {
	var file struct {
		Version string `json:"version"`
		Rows    []Row  `json:"rows"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	sets := map[social.Platform]RuleSet{}
	for i, row := range file.Rows {
		set := sets[row.Platform]
		set.Platform = row.Platform
		if err := errors.Join(row.sound(), set.add(row)); err != nil {
			return nil, fmt.Errorf("rules row %d (%s %s): %w", i+1, row.Platform, row.What, err)
		}
		sets[row.Platform] = set
	}
	return sets, complete(sets)
}

func (r Row) sound() error {
	if _, err := time.Parse(time.DateOnly, r.AsOf); err != nil {
		return fmt.Errorf("as_of: %w", err)
	}
	switch {
	case !slices.Contains(social.Platforms(), r.Platform):
		return errors.New("unknown platform")
	case r.Source == "":
		return errors.New("no source")
	case r.Unit != "" && !slices.Contains([]Unit{CodePoints, UTF16, Weighted, LittleText, Clusters, Toots}, r.Unit):
		return fmt.Errorf("unknown unit %q", r.Unit)
	case slices.Contains([]string{limitsAlbum, limitsFile, limitsAlt}, r.What) && len(r.Kinds) == 0:
		return errors.New("no kinds")
	}
	return nil
}

// add puts the row in its place in the set.
func (s *RuleSet) add(r Row) error {
	single := map[string]*Row{
		limitsText: &s.Text, limitsCaption: &s.Caption, limitsHashtags: &s.Hashtags,
		limitsMentions: &s.Mentions, limitsMedia: &s.Media, limitsLinks: &s.Links, limitsAlt: &s.Alt,
	}
	place, ok := single[r.What]
	switch {
	case r.What == limitsAlbum:
		s.Albums = append(s.Albums, r)
	case r.What == limitsFile:
		s.Files = append(s.Files, r)
	case !ok:
		return errors.New("unknown rule")
	case place.What != "":
		return errors.New("said twice")
	default:
		*place = r
	}
	return nil
}

// complete checks that every platform is there and fills what a rule implies.
func complete(sets map[social.Platform]RuleSet) error {
	for _, p := range social.Platforms() {
		set := sets[p]
		if set.Text.Max == 0 || set.Text.Unit == "" || len(set.Albums) == 0 {
			return fmt.Errorf("rules: %s lacks a text or an album row", p)
		}
		if set.Caption.What == "" {
			set.Caption = set.Text
		}
		sets[p] = set
	}
	return nil
}
