package locales

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"peyk/social"
)

var (
	// oneNumber is a number alone, with digits in groups or a fraction, perhaps with a unit.
	oneNumber = regexp.MustCompile(`^\s*(\d{1,3}(?:[,.'’ ]\d{3})+|\d+)(?:[.,](\d{1,2}))?\s*(هزار|میلیون|thousand|million|k|m)?\s*(?:%|درصد|percent|تا|نفر|پست|posts?|followers?|views?)?\s*$`)
	// oneSpan is a number of minutes, or of hours where it says so.
	oneSpan = regexp.MustCompile(`^\s*(\d{1,5})(?:[.,](\d{1,2}))?\s*(دقیقه|ساعت|minutes?|min|hours?|h)?\s*$`)
)

// ReadNumber reads one number that somebody has typed, in the digits and separators of
// Persian or English: ۱۲٬۵۰۰, 12.500, 12 500, ۴٫۵ درصد, 12k. What could be two things, or
// is none, is refused: groups have three digits, and a fraction has one or two.
func ReadNumber(text string) (float64, error) {
	found := oneNumber.FindStringSubmatch(Fold(text))
	if found == nil || len(text) > maxPasted {
		return 0, social.ErrBadNumber
	}
	whole := strings.NewReplacer(",", "", ".", "", "'", "", "’", "", " ", "").Replace(found[1])
	f, err := strconv.ParseFloat(whole+"."+found[2]+"0", 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, social.ErrBadNumber
	}
	switch found[3] {
	case "هزار", "thousand", "k":
		f *= 1e3
	case "میلیون", "million", "m":
		f *= 1e6
	}
	return f, nil
}

// ReadMinutes reads a length of time that somebody has typed: minutes, or hours.
func ReadMinutes(text string) (float64, error) {
	found := oneSpan.FindStringSubmatch(Fold(text))
	if found == nil {
		return 0, social.ErrBadNumber
	}
	f, err := strconv.ParseFloat(found[1]+"."+found[2]+"0", 64)
	if err != nil {
		return 0, social.ErrBadNumber
	}
	switch found[3] {
	case "ساعت", "hour", "hours", "h":
		f *= 60
	}
	return math.Round(f), nil
}
