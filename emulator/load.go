package emulator

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// LoadFrom brings back a world that SaveTo has written, in place of the present one; phones and rooms that were given out before
// belong to no world any more. Without one the error is fs.ErrNotExist, for one of another version ErrWorldVersion. When it
// fails nothing has changed.
func (e *Emulator) LoadFrom(dir string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "world.json"))
	if err != nil {
		return err
	}
	s, err := readWorld(raw)
	if err != nil {
		return err
	}
	if s.Bot != 0 && s.Bot != e.bot.ID {
		return fmt.Errorf("the saved world is that of bot %d, not of %d", s.Bot, e.bot.ID)
	}
	files, err := readFiles(dir, s.Files)
	if err != nil {
		return err
	}
	e.do(func() { e.restore(s, files) })
	return nil
}

// readWorld looks at the version first: another one may have other fields.
func readWorld(raw []byte) (saved, error) {
	var head struct{ Version int }
	var s saved
	if err := stdjson.Unmarshal(raw, &head); err != nil {
		return s, fmt.Errorf("reading the world: %w", err)
	}
	if head.Version != worldVersion {
		return s, fmt.Errorf("%w: %d, not %d", ErrWorldVersion, head.Version, worldVersion)
	}
	if err := stdjson.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("reading the world: %w", err)
	}
	return s, nil
}

// readFiles reads the bytes of all files and ties them to their thumbnails.
func readFiles(dir string, list []savedFile) (map[string]*file, error) {
	content, files := map[string][]byte{}, map[string]*file{}
	for _, s := range list {
		data, known := content[s.Hash]
		if !known {
			var err error
			if data, err = os.ReadFile(filepath.Join(dir, "files", filepath.Base(s.Hash))); err != nil {
				return nil, fmt.Errorf("reading a file of the world: %w", err)
			}
			if hashOf(data) != s.Hash {
				return nil, errors.New("reading a file of the world: " + s.Hash + " is damaged")
			}
			content[s.Hash] = data
		}
		s.Media.Data = data
		files[s.ID] = &file{Media: s.Media, id: s.ID, unique: s.Unique, path: s.Path, sum: s.Hash}
	}
	for _, s := range list {
		files[s.ID].thumb = files[s.Thumb]
	}
	return files, nil
}

// restore puts a saved world in place of the present one. The lock is held.
func (e *Emulator) restore(s saved, files map[string]*file) {
	e.stopWebhook()
	e.users, e.chats, e.queries = map[int64]*user{}, map[int64]*chat{}, map[string]*query{}
	e.links, e.outputs, e.answers, e.calls = nil, nil, nil, nil
	for _, u := range s.Users {
		e.users[u.ID] = &user{User: u.User, started: u.Started, blocked: u.Blocked, deactivated: u.Deactivated}
	}
	e.users[e.bot.ID] = &user{User: e.bot} // its name is that of this program
	for _, ch := range s.Chats {
		e.chats[ch.ID] = ch.restored()
	}
	e.files, e.paths = files, map[string]*file{}
	for _, f := range files {
		e.paths[f.path] = f
	}
	for _, l := range s.Links {
		link := l.InviteLink
		link.chat = l.Chat
		e.links = append(e.links, &link)
	}
	for _, q := range s.Taps {
		e.queries[q.ID] = &query{id: q.ID, user: q.User, chat: q.Chat, message: q.Message, data: q.Data, ends: q.Ends}
	}
	e.restoreOwn(s.Own)
	e.restoreUpdates(s)
	e.profile = profile{commands: orMade(s.Commands), texts: s.Texts, menu: s.Menu}
	e.lastID, e.tour = orMade(s.Last), s.Tour
	for name := range e.lastID {
		e.lastID[name] += unsaved
	}
	if h := s.Webhook; h != nil {
		e.startWebhook(&webhook{url: h.URL, secret: h.Secret, max: h.Max, lanes: map[int64]*lane{}})
	}
}

// orMade is a map that may be written to.
func orMade[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

func (s savedChat) restored() *chat {
	ch := newChat(s.Chat)
	ch.linked, ch.migratedTo, ch.pinned, ch.menu = s.Linked, s.MigratedTo, s.Pinned, s.Menu
	maps.Copy(ch.members, s.Members)
	maps.Copy(ch.reactions, s.Reactions)
	maps.Copy(ch.seen, s.Seen)
	for _, m := range s.Messages {
		m.Message.Prompt, m.Message.Silent, m.Message.Mood = m.Prompt, m.Silent, m.Mood
		ch.messages = append(ch.messages, m.Message)
	}
	return ch
}

// restoreOwn brings the bot's messages back; of one that was deleted only the place is left.
func (e *Emulator) restoreOwn(list []int64Pair) {
	there := map[int64Pair]*Message{}
	for _, ch := range e.chats {
		for _, m := range ch.messages {
			there[int64Pair{ch.ID, m.ID}] = m
		}
	}
	for _, place := range list {
		m := there[place]
		if m == nil {
			m = &Message{ID: place[1], Chat: Chat{ID: place[0]}}
		}
		e.outputs = append(e.outputs, Output{Chat: place[0], Message: m, At: time.Unix(m.Date, 0)})
	}
}

// unsaved is how many numbers of each kind are left out after a world was loaded. It may have ended without being saved, and the bot
// may know messages and updates of its last seconds: if others had their numbers, the bot would take them for those.
const unsaved = 100

func (e *Emulator) restoreUpdates(s saved) {
	queue := make([]*Update, len(s.Queue))
	for i := range s.Queue {
		queue[i] = &s.Queue[i]
	}
	e.updates = updates{next: s.Next + unsaved, allowed: s.Allowed, queue: queue, past: slices.Clone(queue)}
}
