package emulator

import (
	"cmp"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// worldVersion is the form of a saved world.
const worldVersion = 1

// ErrWorldVersion says that a saved world has another form than this program's.
var ErrWorldVersion = errors.New("the saved world is of another version")

// saved is a world in a file. The files' bytes lie beside it.
type saved struct {
	Version  int
	Users    []savedUser
	Chats    []savedChat
	Files    []savedFile
	Links    []savedLink
	Next     int64 // update id
	Queue    []Update
	Allowed  []string
	Commands map[string]json
	Texts    map[string]string
	Menu     json `json:",omitempty"`
	Last     map[string]int64
	Own      []int64Pair // messages that the bot sent: chat, message
	Tour     tour
	Bot      int64 // whose world it is
	Taps     []savedTap
	Webhook  *savedWebhook
}

type int64Pair [2]int64

type savedUser struct {
	User
	Started, Blocked, Deactivated bool
}

type savedChat struct {
	Chat
	Members    map[int64]*member
	Messages   []savedMessage
	Linked     int64
	MigratedTo int64
	Pinned     []int64
	Reactions  map[int64]map[int64]string
	Seen       map[int64]int64
	Menu       json `json:",omitempty"`
}

type savedMessage struct {
	Message *Message
	Prompt  json `json:",omitempty"`
	Silent  bool
	Mood    string
}

type savedFile struct {
	ID, Unique, Path, Thumb string
	Hash                    string
	Media                   Media // without its bytes
}

type savedLink struct {
	InviteLink
	Chat int64
}

// savedTap is a tap that waits for its answer.
type savedTap struct {
	ID, Data            string
	User, Chat, Message int64
	Ends                time.Time
}

type savedWebhook struct {
	URL, Secret string
	Max         int
}

// SaveTo writes the world into a folder: users, chats, messages, files and the updates that the bot has not taken yet. What was
// there before stays whole until the new state is. Faults and the journal are not kept.
func (e *Emulator) SaveTo(dir string) error {
	e.mu.Lock()
	raw, err := stdjson.Marshal(e.snapshot())
	files := map[string][]byte{}
	for _, f := range e.files {
		files[f.hash()] = f.Data
	}
	e.mu.Unlock()
	if err != nil {
		return fmt.Errorf("writing the world: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o700); err != nil {
		return err
	}
	for hash, data := range files {
		path := filepath.Join(dir, "files", hash)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if err := writeWhole(path, data); err != nil {
				return err
			}
		}
	}
	return writeWhole(filepath.Join(dir, "world.json"), raw)
}

// writeWhole replaces a file in one step, which also a power cut leaves whole.
func writeWhole(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = cmp.Or(err, f.Sync())
	err = cmp.Or(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error says more
	}
	return err
}

// hash names the bytes of a file. It is counted once: the bytes never change.
func (f *file) hash() string {
	if f.sum == "" {
		f.sum = hashOf(f.Data)
	}
	return f.sum
}

// snapshot is the world as it is saved. The lock is held.
func (e *Emulator) snapshot() saved {
	s := saved{
		Version: worldVersion, Next: e.updates.next, Queue: e.unconfirmed(), Allowed: e.updates.allowed,
		Commands: e.profile.commands, Texts: e.profile.texts, Menu: e.profile.menu, Last: e.lastID, Tour: e.tour,
		Bot: e.bot.ID, Own: e.own(), Taps: e.openTaps(),
	}
	for _, u := range e.users {
		s.Users = append(s.Users, savedUser{u.User, u.started, u.blocked, u.deactivated})
	}
	for _, ch := range e.chats {
		s.Chats = append(s.Chats, ch.saved())
	}
	for _, f := range e.files {
		s.Files = append(s.Files, f.saved())
	}
	for _, l := range e.links {
		s.Links = append(s.Links, savedLink{*l, l.chat})
	}
	if h := e.webhook; h != nil {
		s.Webhook = &savedWebhook{h.url, h.secret, h.max}
	}
	return s
}

func (ch *chat) saved() savedChat {
	s := savedChat{Chat: ch.Chat, Members: ch.members, Linked: ch.linked, MigratedTo: ch.migratedTo, Pinned: ch.pinned,
		Reactions: ch.reactions, Seen: ch.seen, Menu: ch.menu}
	for _, m := range ch.messages {
		s.Messages = append(s.Messages, savedMessage{m, m.Prompt, m.Silent, m.Mood})
	}
	return s
}

func (f *file) saved() savedFile {
	s := savedFile{ID: f.id, Unique: f.unique, Path: f.path, Hash: f.hash(), Media: f.Media}
	s.Media.Data = nil
	if f.thumb != nil {
		s.Thumb = f.thumb.id
	}
	return s
}

// own names the messages of the bot, which it may edit later.
func (e *Emulator) own() []int64Pair {
	var list []int64Pair
	for _, o := range e.outputs {
		if !o.Edited {
			list = append(list, int64Pair{o.Chat, o.Message.ID})
		}
	}
	return list
}

// openTaps are the taps that may still be answered.
func (e *Emulator) openTaps() []savedTap {
	var list []savedTap
	for _, q := range e.queries {
		if !q.answered && e.clock.Now().Before(q.ends) {
			list = append(list, savedTap{q.id, q.data, q.user, q.chat, q.message, q.ends})
		}
	}
	return list
}

// unconfirmed are the updates that the bot has not taken, also those that are held back.
func (e *Emulator) unconfirmed() []Update {
	var list []Update
	for _, u := range slices.Concat(e.updates.queue, e.updates.held) {
		if u != nil && !u.again {
			list = append(list, *u)
		}
	}
	return list
}

// Revision counts the changes of the world since the program started.
func (e *Emulator) Revision() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rev
}
