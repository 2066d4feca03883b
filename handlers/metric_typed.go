package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// numbersStep is the dialog step in which a network's weekly numbers are typed, and
// in which those that were understood wait for a word.
const numbersStep = "numbers"

// askNumbers asks for the numbers of an account's last week.
func (h *Handlers) askNumbers(ctx context.Context, r *bot.Request, me Reader) error {
	w, err := h.Store.TypedWeek(ctx, me.Person.ID, r.ID())
	if err != nil {
		return err
	}
	say := h.sayIn(me.Person, w.Brand)
	lines := []string{numbersHead(say, w), say.Say("numbers.ask", "platform", say.Label("platform."+string(w.Account.Platform)))}
	if len(w.Had) > 0 {
		lines = append(lines, "", say.Say("numbers.had"))
		lines = append(lines, readingLines(say, w.Had)...)
	}
	return h.ask(ctx, r, me, question{
		step: numbersStep, data: map[string]string{"account": itoa(w.Account.ID)},
		view: bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: [][]bot.Button{{noNumbers(say, w)}}},
	})
}

// takeNumbers hears the numbers, and shows what was understood before it is kept. A
// picture of the network's own screen may come with them, before or after.
func (h *Handlers) takeNumbers(ctx context.Context, r *bot.Request, me Reader) error {
	w, err := h.Store.TypedWeek(ctx, me.Person.ID, number(r.Dialog.Data["account"]))
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	heard, err := h.hearNumbers(ctx, r)
	if err != nil {
		return err // the question stays open
	}
	say := h.sayIn(me.Person, w.Brand)
	data, err := heard.data(w)
	if err != nil {
		return err
	}
	view := numbersPreview(say, w, heard, numbersMark(data))
	if len(heard.read.Told) == 0 {
		lines := []string{numbersHead(say, w), "", say.Say("numbers.photo_first")}
		view = bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: [][]bot.Button{{noNumbers(say, w)}}}
	}
	return h.ask(ctx, r, me, question{step: numbersStep, data: data, view: view})
}

// heardNumbers are what somebody has told of a week so far.
type heardNumbers struct {
	read  locales.TypedNumbers
	photo *social.Media
}

// hearNumbers reads a message together with what came before it: a picture beside
// numbers, or numbers beside a picture.
func (h *Handlers) hearNumbers(ctx context.Context, r *bot.Request) (heard heardNumbers, err error) {
	typed, err := typedIn(r.Dialog.Data)
	if err != nil {
		return heard, err
	}
	heard.photo, heard.read.Told = typed.Photo, typed.Told
	media := r.Media()
	switch {
	case len(media) > 1 || len(media) == 1 && media[0].Kind != social.Photo:
		return heard, social.ErrOneScreen
	case len(media) == 1:
		photo, err := h.takeMedia(ctx, media[0])
		if err != nil {
			return heard, err
		}
		heard.photo = &photo
		if r.Text().Plain == "" {
			return heard, nil
		}
	}
	heard.read, err = locales.ReadNumbers(r.Text().Plain)
	return heard, err
}

// data keeps what was heard until a word says that it is right.
func (n heardNumbers) data(w social.TypedWeek) (map[string]string, error) {
	told, err := json.Marshal(n.read.Told)
	if err != nil {
		return nil, err
	}
	data := map[string]string{"account": itoa(w.Account.ID), "told": string(told), "day": w.Week.Day()}
	if n.photo == nil {
		return data, nil
	}
	photo, err := json.Marshal(n.photo)
	data["photo"] = string(photo)
	return data, err
}

// typedIn reads what data has kept.
func typedIn(data map[string]string) (social.Typed, error) {
	typed := social.Typed{Day: data["day"]}
	if told := data["told"]; told != "" {
		if err := json.Unmarshal([]byte(told), &typed.Told); err != nil {
			return typed, err
		}
	}
	if photo := data["photo"]; photo != "" {
		if err := json.Unmarshal([]byte(photo), &typed.Photo); err != nil {
			return typed, err
		}
	}
	return typed, nil
}

// numbersMark tells one preview from another, so that a press on an older one does
// not keep what a newer one shows.
func numbersMark(data map[string]string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(data["day"]+data["told"]+data["photo"]))), 36)
}

// keepNumbers keeps what the preview has shown.
func (h *Handlers) keepNumbers(ctx context.Context, r *bot.Request, me Reader) error {
	d, err := h.Store.Dialog(ctx, r.Chat.ID)
	if errors.Is(err, social.ErrNotFound) {
		return social.ErrOutdated
	}
	if err != nil {
		return err
	}
	if d.Step != numbersStep || d.Data["account"] != itoa(r.ID()) || numbersMark(d.Data) != r.Arg(0) {
		return social.ErrOutdated
	}
	typed, err := typedIn(d.Data)
	if err != nil {
		return err
	}
	w, err := h.Store.KeepNumbers(ctx, me.Person.ID, r.ID(), typed)
	if err != nil {
		return h.endWith(ctx, r, err)
	}
	if err := h.endDialog(ctx, r); err != nil {
		return err
	}
	_, err = h.put(ctx, r, numbersKept(h.sayIn(me.Person, w.Brand), w, typed.Told))
	return err
}

func numbersHead(say locales.Printer, w social.TypedWeek) string {
	return say.Say("numbers.head", "account", accountName(say, w.Account), "brand", w.Brand.Name,
		"from", w.Week.From, "to", w.Week.Last())
}

// readingLines are numbers as the digest tells them.
func readingLines(say locales.Printer, told []social.Reading) []string {
	var lines []string
	for _, r := range told {
		lines = append(lines, say.Say("metric.line."+string(r.Metric), "n", r.Value))
	}
	return lines
}

// numbersPreview shows what was understood, what was not, and what looks odd.
func numbersPreview(say locales.Printer, w social.TypedWeek, heard heardNumbers, mark string) bot.Message {
	read := heard.read
	lines := append([]string{numbersHead(say, w), ""}, readingLines(say, read.Told)...)
	if heard.photo != nil {
		lines = append(lines, say.Say("numbers.photo"))
	}
	if len(read.Odd) > 0 {
		lines = append(lines, "", say.Say("numbers.odd", "what", read.Left(say)))
	}
	for _, m := range w.Surprising(read.Told) {
		i := slices.IndexFunc(w.Last, func(l social.Reading) bool { return l.Metric == m })
		lines = append(lines, "", say.Say("numbers.far", "metric", say.Label("metric."+string(m)), "last", w.Last[i].Value))
	}
	if len(w.Had) > 0 {
		lines = append(lines, "", say.Say("numbers.replaces"))
		lines = append(lines, readingLines(say, w.Had)...)
	}
	keep := button(say, "numbers_keep", bot.Data("nums_keep", w.Account.ID, 0, mark))
	keep.Style = "success"
	return bot.Message{HTML: strings.Join(append(lines, "", say.Say("numbers.sure")), "\n"), Keyboard: [][]bot.Button{
		{keep}, {button(say, "numbers_correct", bot.Data("nums", w.Account.ID, 0)), noNumbers(say, w)},
	}}
}

// numbersKept says that the numbers are kept, and whether others stood there before.
func numbersKept(say locales.Printer, w social.TypedWeek, told []social.Reading) bot.Message {
	lines := append([]string{numbersHead(say, w), ""}, readingLines(say, told)...)
	key := "numbers.kept"
	if len(w.Had) > 0 {
		key = "numbers.kept_instead"
	}
	return bot.Message{HTML: strings.Join(append(lines, "", say.Say(key)), "\n"), Keyboard: [][]bot.Button{
		{button(say, "digest", bot.Data("digest", w.Brand.ID, 0, w.Week.Day()))},
		back(say, bot.Data("account", w.Brand.ID, 0, itoa(w.Account.ID))),
	}}
}

// noNumbers leads out of the question.
func noNumbers(say locales.Printer, w social.TypedWeek) bot.Button {
	return button(say, "cancel", bot.Data("account", w.Brand.ID, 0, itoa(w.Account.ID), left))
}
