package handlers

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"peyk/bot"
	"peyk/locales"
	"peyk/social"
)

// startedPosts is how many unfinished posts the home screen looks through.
const startedPosts = 100

// home is where everything begins: the brands, and what waits for the reader.
func (h *Handlers) home(ctx context.Context, r *bot.Request, me Reader) error {
	view, err := h.homeView(ctx, me, int(r.ID()))
	if err != nil {
		return err
	}
	_, err = h.put(ctx, r, view)
	return err
}

func (h *Handlers) homeView(ctx context.Context, me Reader, page int) (bot.Message, error) {
	brands, err := h.Store.Brands(ctx, me.Person.ID)
	if err != nil {
		return bot.Message{}, err
	}
	places, err := h.Store.Places(ctx, me.Person.ID)
	if err != nil {
		return bot.Message{}, err
	}
	posts, err := h.Store.Unfinished(ctx, me.Person.ID, startedPosts)
	if err != nil {
		return bot.Message{}, err
	}
	agencies, err := h.Store.Agencies(ctx, me.Person.ID)
	if err != nil {
		return bot.Message{}, err
	}
	comments, err := h.Store.Unanswered(ctx, me.Person.ID)
	if err != nil {
		return bot.Message{}, err
	}
	return homeCard(me, homeFacts{
		brands: brands, places: places, agencies: agencies, waiting: waitingFor(posts, places), comments: comments,
		founder: slices.Contains(h.Owners, me.Person.TelegramID), page: page,
	}), nil
}

// homeFacts is what the home screen tells.
type homeFacts struct {
	brands   []social.Brand
	places   []social.Member
	agencies []social.Agency
	waiting  map[int64]int // posts, by brand
	comments map[int64]int // that nobody has answered, by brand; of those whom the reader answers
	founder  bool          // the operator lets the reader found agencies
	page     int           // of the brands, from 0
}

// waitingFor counts by brand the posts that wait for whoever has the places: for
// his word, or for his care where he plans.
func waitingFor(posts []social.Post, places []social.Member) map[int64]int {
	n := map[int64]int{}
	for _, p := range posts {
		place := placeIn(places, p.Brand)
		if mayDecide(p, place) || (place.Role.May(social.Plan) && needsCare(p.State)) {
			n[p.Brand.ID]++
		}
	}
	return n
}

// needsCare tells whether a post stands still until somebody of the team acts.
func needsCare(s social.PostState) bool {
	switch s {
	case social.Drafting, social.Changing, social.Late, social.Expired, social.Failed:
		return true
	}
	return false
}

// placeIn is the strongest of the places that holds in the brand.
func placeIn(places []social.Member, b social.Brand) social.Member {
	for _, rank := range social.Roles() {
		for _, m := range places {
			if m.Role == rank && (m.BrandID == b.ID || (m.BrandID == 0 && m.AgencyID == b.AgencyID)) {
				return m
			}
		}
	}
	return social.Member{}
}

// homeCard lists the reader's brands with what waits for him in each.
func homeCard(me Reader, f homeFacts) bot.Message {
	say := me.Say
	lines := []string{say.Say("home.head", "name", me.Person.Name)}
	var doors []bot.Button
	drafts := false
	brands, turns := pageOf(say, f.brands, f.page)
	for _, b := range brands {
		place := placeIn(f.places, b)
		drafts = drafts || place.Role.May(social.Draft)
		lines = append(lines, homeLine(say, b, place.Role, f))
		doors = append(doors, bot.Button{Text: brief(b.Name), Data: bot.Data("brand", b.ID, 0)})
	}
	if len(f.brands) == 0 {
		lines = append(lines, say.Say("home.no_brand"))
	}
	if drafts {
		lines = append(lines, "", say.Say("home.draft"))
	}
	keys := append(fitted(say, doors), turns...)
	keys = append(keys, rows(say, newBrands(me, f), 1)...)
	keys = append(keys, inboxKey(say, f.comments)...)
	keys = append(keys, rows(say, []bot.Button{
		button(say, "settings", bot.Data("settings", 0, 0)), button(say, "help", bot.Data("help", 0, 0)),
	}, 2)...)
	return bot.Message{HTML: strings.Join(lines, "\n"), Keyboard: keys}
}

// homeLine tells what waits for the reader in one brand.
func homeLine(say locales.Printer, b social.Brand, role social.Role, f homeFacts) string {
	key, n, comments := "home.brand", f.waiting[b.ID], f.comments[b.ID]
	if n == 0 && comments > 0 {
		key, n, comments = "home.answers", comments, 0
	}
	line := say.Say(key, "brand", b.Name, "role", locales.HTML(say.Say("role."+string(role))), "n", n)
	if comments > 0 {
		line = say.Say("home.also", "line", locales.HTML(line), "n", comments)
	}
	return line
}

// inboxKey leads to the comments, where some wait.
func inboxKey(say locales.Printer, comments map[int64]int) [][]bot.Button {
	if len(comments) == 0 {
		return nil
	}
	return [][]bot.Button{{button(say, "inbox", lookup{way: inboxOpen}.data())}}
}

// brandsOnPage is how many brands the home screen shows at once.
const brandsOnPage = 20

// pageOf cuts one page out of the brands, with the buttons that turn it. A page
// that no longer exists is the nearest that does.
func pageOf(say locales.Printer, brands []social.Brand, page int) ([]social.Brand, [][]bot.Button) {
	last := max(0, (len(brands)-1)/brandsOnPage)
	page = min(max(page, 0), last)
	var turns []bot.Button
	if page > 0 {
		turns = append(turns, button(say, "home_before", bot.Data("home", int64(page-1), 0)))
	}
	if page < last {
		turns = append(turns, button(say, "home_after", bot.Data("home", int64(page+1), 0)))
	}
	from := page * brandsOnPage
	return brands[from:min(from+brandsOnPage, len(brands))], rows(say, turns, 2)
}

// maxLabel is how much of a name a button shows, in code points.
const maxLabel = 32

// brief cuts a name for a button.
func brief(name string) string {
	if runes := []rune(name); len(runes) > maxLabel {
		return string(runes[:maxLabel]) + "…"
	}
	return name
}

// fitted lays buttons out two a row where all of their labels have room, and else
// one.
func fitted(say locales.Printer, buttons []bot.Button) [][]bot.Button {
	wide := slices.ContainsFunc(buttons, func(b bot.Button) bool { return utf8.RuneCountInString(b.Text) > 17 })
	if wide {
		return rows(say, buttons, 1)
	}
	return rows(say, buttons, 2)
}

// newBrands are the doors of those who may make brands: one for each agency of
// theirs, named where there are several.
func newBrands(me Reader, f homeFacts) []bot.Button {
	var doors []bot.Button
	for _, m := range f.places {
		if !m.Role.May(social.Found) || m.BrandID != 0 {
			continue
		}
		label := me.Say.Label("button.brand_new")
		if i := slices.IndexFunc(f.agencies, func(a social.Agency) bool { return a.ID == m.AgencyID }); i >= 0 && len(f.agencies) > 1 {
			label += " · " + f.agencies[i].Name
		}
		doors = append(doors, bot.Button{Text: label, Data: bot.Data("brand_new", m.AgencyID, 0)})
	}
	if f.founder && len(doors) == 0 {
		doors = append(doors, button(me.Say, "agency_new", bot.Data("agency_new", 0, 0)))
	}
	return doors
}
