package handlers

import (
	"context"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// zones are those offered as buttons; the language files name each of them.
func zones() []string {
	return []string{
		"Asia/Tehran", "Asia/Dubai", "Europe/Istanbul", "Europe/Berlin", "Europe/London",
		"America/Toronto", "America/New_York", "America/Los_Angeles", "Australia/Sydney", "UTC",
	}
}

// regions are where a bare city is looked for.
func regions() []string {
	return []string{"Asia", "Europe", "America", "Africa", "Australia", "Pacific", "Atlantic", "Indian"}
}

// guessZone proposes a zone for somebody of whom only the app's language is
// known. It is only ever a proposal, shown before it counts for anything.
func guessZone(code string) string {
	base, _, _ := strings.Cut(strings.ToLower(code), "-")
	switch base {
	case "fa":
		return "Asia/Tehran"
	case "de":
		return "Europe/Berlin"
	case "tr":
		return "Europe/Istanbul"
	case "fr":
		return "Europe/Paris"
	case "it":
		return "Europe/Rome"
	case "nl":
		return "Europe/Amsterdam"
	case "sv":
		return "Europe/Stockholm"
	case "ar":
		return "Asia/Dubai"
	case "ru":
		return "Europe/Moscow"
	}
	switch strings.ToLower(code) {
	case "en-gb":
		return "Europe/London"
	case "en-ca":
		return "America/Toronto"
	case "en-us":
		return "America/New_York"
	case "en-au":
		return "Australia/Sydney"
	}
	return "UTC"
}

// findZone reads a typed zone: an IANA name, or a city in either language.
func (h *Handlers) findZone(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	if social.ValidZone(typed) {
		return typed, nil
	}
	if zone, ok := h.namedZone(typed); ok {
		return zone, nil
	}
	if zone, ok := cityZone(typed); ok {
		return zone, nil
	}
	return "", social.ErrBadZone
}

// namedZone looks for what was typed among the names of the offered zones.
func (h *Handlers) namedZone(typed string) (string, bool) {
	for _, lang := range []string{"fa", "en"} {
		say := h.say(social.Person{Lang: lang})
		for _, zone := range zones() {
			if locales.Fold(say.City(zone)) == locales.Fold(typed) {
				return zone, true
			}
		}
	}
	return "", false
}

// cityZone looks for a city of the IANA database, in whatever case it was typed.
func cityZone(typed string) (string, bool) {
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return r == ' ' || r == '_' })
	if len(words) == 0 || len(words) > 4 || len(typed) > 40 || strings.ContainsAny(typed, "./\\") {
		return "", false
	}
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	for _, region := range regions() {
		if zone := region + "/" + strings.Join(words, "_"); social.ValidZone(zone) {
			return zone, true
		}
	}
	return "", false
}

// zoneDoors are where the zone screen leads.
type zoneDoors struct {
	head string
	back string
	set  func(zone string) string
}

// zoneCard offers the usual zones; any other can be typed.
func zoneCard(say locales.Printer, d zoneDoors) bot.Message {
	var doors []bot.Button
	for _, zone := range zones() {
		doors = append(doors, bot.Button{Text: say.City(zone), Data: d.set(zone)})
	}
	return bot.Message{HTML: d.head, Keyboard: append(rows(say, doors, 2), back(say, d.back))}
}

// The dialog step in which a manager types the brand's zone.
const zoneStep = "zone"

// askZone asks for the brand's zone.
func (h *Handlers) askZone(ctx context.Context, r *bot.Request, me Reader) error {
	b, err := h.settable(ctx, me, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, b)
	return h.ask(ctx, r, me, question{
		step: zoneStep,
		data: map[string]string{"brand": itoa(b.ID), "new": r.Arg(0)},
		view: zoneCard(say, zoneDoors{
			head: say.Say("brand.zone", "brand", b.Name, "zone", say.City(b.Zone)), back: setupDoor(b.ID, r.Arg(0), left),
			set: func(zone string) string { return bot.Data("zone_set", b.ID, 0, zone, r.Arg(0)) },
		}),
	})
}

// setZone takes a pressed zone.
func (h *Handlers) setZone(ctx context.Context, r *bot.Request, me Reader) error {
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	return h.setBrand(ctx, r, me, r.ID(), r.Arg(1), social.MoveZone(r.Arg(0)))
}

// takeZone hears a typed zone.
func (h *Handlers) takeZone(ctx context.Context, r *bot.Request, me Reader) error {
	zone, err := h.findZone(r.Text().Plain)
	if err != nil {
		return err
	}
	if err := h.setBrand(ctx, r, me, number(r.Dialog.Data["brand"]), r.Dialog.Data["new"], social.MoveZone(zone)); err != nil {
		return h.endWith(ctx, r, err)
	}
	return h.endDialog(ctx, r)
}
