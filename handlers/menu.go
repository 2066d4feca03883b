package handlers

import (
	"context"
	"slices"
	"time"

	"peyk/locales"
	"peyk/social"
)

// commandNames are all commands, in the order of the menu.
func commandNames() []string {
	return []string{"start", "new", "waiting", "inbox", "calendar", "settings", "language", "help", "privacy", "export", "delete_me", "cancel"}
}

// menuOf is the command menu of somebody with these places: what his roles do not
// include is not in it.
func menuOf(say locales.Printer, places []social.Member) []Command {
	may := func(d social.Deed) bool {
		return slices.ContainsFunc(places, func(m social.Member) bool { return m.Role.May(d) })
	}
	var menu []Command
	for _, name := range commandNames() {
		if name == "new" && !may(social.Draft) || name == "inbox" && !may(social.Answer) {
			continue
		}
		menu = append(menu, Command{Name: name, Description: say.Label("command." + name)})
	}
	return menu
}

// menuLimit is how long a menu may keep the next message of its chat waiting.
const menuLimit = 5 * time.Second

// fitMenu gives somebody's chat the menu of his roles and his language; to whoever has
// no place any more, that of all strangers. It is a convenience: where it fails, the
// menu stays as it was.
func (h *Handlers) fitMenu(ctx context.Context, p social.Person) {
	if p.TelegramID == 0 || !p.Reachable {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, menuLimit)
	defer cancel()
	places, err := h.Store.Places(ctx, p.ID)
	if err == nil {
		var menu []Command
		if len(places) > 0 {
			menu = menuOf(h.say(p), places)
		}
		err = h.Menu(ctx, p.TelegramID, menu)
	}
	if err != nil {
		h.Log.InfoContext(ctx, "somebody's command menu stays as it was", "err", err)
	}
}
