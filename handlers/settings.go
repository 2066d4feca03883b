package handlers

import (
	"context"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// settings shows what somebody has chosen for himself.
func (h *Handlers) settings(ctx context.Context, r *bot.Request, me Reader) error {
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, settingsCard(me, social.MorningAt(social.NoMorning, places) == nil))
	return err
}

func settingsCard(me Reader, rises bool) bot.Message {
	say := me.Say
	zone := say.Label("settings.as_brand")
	if me.Person.Zone != "" {
		zone = say.City(me.Person.Zone)
	}
	calendar := "settings.as_brand"
	if me.Person.Calendar != "" {
		calendar = "calendar." + string(me.Person.Calendar)
	}
	doors := []bot.Button{
		button(say, "language", bot.Data("language", 0, 0)),
		button(say, "zone", bot.Data("my_zone", 0, 0)),
		button(say, "calendar", bot.Data("my_calendar", 0, 0)),
		button(say, "privacy", bot.Data("privacy", 0, 0)),
	}
	doors = append(doors, button(say, "my_digests", bot.Data("my_digests", 0, 0)))
	if rises {
		doors = append(doors, button(say, "my_morning", bot.Data("my_morning", 0, 0)))
	}
	return bot.Message{
		HTML: say.Say("settings.card", "language", locales.HTML(say.Say("language."+say.Lang())),
			"zone", zone, "calendar", locales.HTML(say.Say(calendar))),
		Keyboard: append(rows(say, doors, 2), back(say, bot.Data("home", 0, 0))),
	}
}

// languages asks for the language.
func (h *Handlers) languages(ctx context.Context, r *bot.Request, me Reader) error {
	_, err := h.put(ctx, r, bot.Message{
		HTML:     me.Say.Say("settings.language"),
		Keyboard: [][]bot.Button{languageRow(me.Say, "settings"), back(me.Say, bot.Data("settings", 0, 0))},
	})
	return err
}

// setLanguage stores the language and draws the screen anew in it.
func (h *Handlers) setLanguage(ctx context.Context, r *bot.Request, me Reader) error {
	lang := r.Arg(0)
	if lang != "fa" && lang != "en" {
		return social.ErrOutdated
	}
	me.Person.Lang, me.Person.LangChosen = lang, true
	if err := h.Store.SavePerson(ctx, me.Person); err != nil {
		return err
	}
	me.Say = h.say(me.Person)
	defer h.fitMenu(ctx, me.Person)
	if r.Arg(1) == "start" {
		return h.greet(ctx, r, me)
	}
	return h.settings(ctx, r, me)
}

// myZone asks for the person's own zone.
func (h *Handlers) myZone(ctx context.Context, r *bot.Request, me Reader) error {
	view := zoneCard(me.Say, zoneDoors{
		head: me.Say.Say("settings.zone"), back: bot.Data("settings", 0, 0, left),
		set: func(zone string) string { return bot.Data("my_zone_set", 0, 0, zone) },
	})
	same := button(me.Say, "as_brand", bot.Data("my_zone_set", 0, 0))
	view.Keyboard = append([][]bot.Button{{same}}, view.Keyboard...)
	return h.ask(ctx, r, me, question{step: myZoneStep, view: view})
}

// The dialog step in which somebody types his own zone.
const myZoneStep = "my_zone"

// takeMyZone hears a typed zone.
func (h *Handlers) takeMyZone(ctx context.Context, r *bot.Request, me Reader) error {
	zone, err := h.findZone(r.Text().Plain)
	if err != nil {
		return err
	}
	return h.saveMyZone(ctx, r, me, zone)
}

// setMyZone takes a pressed zone; none means the brand's.
func (h *Handlers) setMyZone(ctx context.Context, r *bot.Request, me Reader) error {
	if zone := r.Arg(0); zone != "" && !social.ValidZone(zone) {
		return social.ErrBadZone
	}
	return h.saveMyZone(ctx, r, me, r.Arg(0))
}

func (h *Handlers) saveMyZone(ctx context.Context, r *bot.Request, me Reader, zone string) error {
	me.Person.Zone = zone
	if err := h.Store.SavePerson(ctx, me.Person); err != nil {
		return err
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	me.Say = h.say(me.Person)
	return h.settings(ctx, r, me)
}

// myCalendar asks for the person's own calendar.
func (h *Handlers) myCalendar(ctx context.Context, r *bot.Request, me Reader) error {
	say := me.Say
	keys := rows(say, []bot.Button{
		button(say, "jalali", bot.Data("my_calendar_set", 0, 0, string(social.Jalali))),
		button(say, "gregorian", bot.Data("my_calendar_set", 0, 0, string(social.Gregorian))),
	}, 2)
	keys = append(keys, []bot.Button{button(say, "as_brand", bot.Data("my_calendar_set", 0, 0))}, back(say, bot.Data("settings", 0, 0)))
	_, err := h.put(ctx, r, bot.Message{HTML: say.Say("settings.calendar"), Keyboard: keys})
	return err
}

// setMyCalendar takes a pressed calendar; none means the brand's.
func (h *Handlers) setMyCalendar(ctx context.Context, r *bot.Request, me Reader) error {
	c := social.Calendar(r.Arg(0))
	if c != "" && c != social.Jalali && c != social.Gregorian {
		return social.ErrOutdated
	}
	me.Person.Calendar = c
	if err := h.Store.SavePerson(ctx, me.Person); err != nil {
		return err
	}
	me.Say = h.say(me.Person)
	return h.settings(ctx, r, me)
}
