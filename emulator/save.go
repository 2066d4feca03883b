package emulator

import (
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
	Menu     json
	Last     map[string]int64
	Own      []int64Pair // messages that the bot sent: chat, message
	Tour     tour
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
	Menu       json
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

// SaveTo writes the world into a folder: users, chats, messages, files and the updates that the bot has not taken yet. What was
// there before stays whole until the new state is. Faults, taps that wait for an answer and the journal are not kept.
func (e *Emulator) SaveTo(dir string) error {
	e.mu.Lock()
	s, files := e.snapshot()
	raw, err := stdjson.Marshal(s)
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

// writeWhole replaces a file in one step.
func writeWhole(path string, data []byte) error {
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// snapshot is the world as it is saved, with the bytes of its files by their hash. The lock is held.
func (e *Emulator) snapshot() (saved, map[string][]byte) {
	s := saved{
		Version: worldVersion, Next: e.updates.next, Queue: copies(e.updates.queue), Allowed: e.updates.allowed,
		Commands: e.profile.commands, Texts: e.profile.texts, Menu: e.profile.menu, Last: e.lastID, Tour: e.tour,
	}
	for _, u := range e.users {
		s.Users = append(s.Users, savedUser{u.User, u.started, u.blocked, u.deactivated})
	}
	for _, ch := range e.chats {
		c := savedChat{Chat: ch.Chat, Members: ch.members, Linked: ch.linked, MigratedTo: ch.migratedTo, Pinned: ch.pinned, Reactions: ch.reactions, Menu: ch.menu}
		for _, m := range ch.messages {
			c.Messages = append(c.Messages, savedMessage{m, m.Prompt, m.Silent, m.Mood})
		}
		s.Chats = append(s.Chats, c)
	}
	for _, o := range e.outputs {
		if !o.Edited {
			s.Own = append(s.Own, int64Pair{o.Chat, o.Message.ID})
		}
	}
	for _, l := range e.links {
		s.Links = append(s.Links, savedLink{*l, l.chat})
	}
	bytes := map[string][]byte{}
	for _, f := range e.files {
		kept := savedFile{ID: f.id, Unique: f.unique, Path: f.path, Hash: hashOf(f.Data), Media: f.Media}
		kept.Media.Data = nil
		if f.thumb != nil {
			kept.Thumb = f.thumb.id
		}
		bytes[kept.Hash] = f.Data
		s.Files = append(s.Files, kept)
	}
	return s, bytes
}

// LoadFrom brings back a world that SaveTo has written, in place of the present one. Without one the error is fs.ErrNotExist, for
// one of another version ErrWorldVersion; nothing has changed then.
func (e *Emulator) LoadFrom(dir string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "world.json"))
	if err != nil {
		return err
	}
	var s saved
	if err := stdjson.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("reading the world: %w", err)
	}
	if s.Version != worldVersion {
		return fmt.Errorf("%w: %d, not %d", ErrWorldVersion, s.Version, worldVersion)
	}
	files := map[string]*file{}
	for _, f := range s.Files {
		data, err := os.ReadFile(filepath.Join(dir, "files", filepath.Base(f.Hash)))
		if err != nil {
			return fmt.Errorf("reading a file of the world: %w", err)
		}
		f.Media.Data = data
		files[f.ID] = &file{Media: f.Media, id: f.ID, unique: f.Unique, path: f.Path}
	}
	for _, f := range s.Files {
		files[f.ID].thumb = files[f.Thumb]
	}
	e.do(func() { e.restore(s, files) })
	return nil
}

// restore puts a saved world in place of the present one. The lock is held.
func (e *Emulator) restore(s saved, files map[string]*file) {
	e.users, e.chats, e.files, e.paths = map[int64]*user{}, map[int64]*chat{}, files, map[string]*file{}
	for _, f := range files {
		e.paths[f.path] = f
	}
	for _, u := range s.Users {
		e.users[u.ID] = &user{User: u.User, started: u.Started, blocked: u.Blocked, deactivated: u.Deactivated}
	}
	e.users[e.bot.ID] = &user{User: e.bot}
	sent := map[int64Pair]*Message{}
	for _, c := range s.Chats {
		ch := newChat(c.Chat)
		ch.linked, ch.migratedTo, ch.pinned, ch.menu = c.Linked, c.MigratedTo, c.Pinned, c.Menu
		if c.Members != nil {
			ch.members = c.Members
		}
		if c.Reactions != nil {
			ch.reactions = c.Reactions
		}
		for _, m := range c.Messages {
			m.Message.Prompt, m.Message.Silent, m.Message.Mood = m.Prompt, m.Silent, m.Mood
			ch.messages = append(ch.messages, m.Message)
			sent[int64Pair{ch.ID, m.Message.ID}] = m.Message
		}
		e.chats[ch.ID] = ch
	}
	e.outputs = nil
	for _, own := range s.Own {
		if m := sent[own]; m != nil {
			e.outputs = append(e.outputs, Output{Chat: own[0], Message: m, At: time.Unix(m.Date, 0)})
		}
	}
	e.links = nil
	for _, l := range s.Links {
		link := l.InviteLink
		link.chat = l.Chat
		e.links = append(e.links, &link)
	}
	e.updates = updates{next: s.Next, allowed: s.Allowed}
	for _, u := range s.Queue {
		e.updates.queue = append(e.updates.queue, &u)
	}
	e.updates.past = slices.Clone(e.updates.queue)
	e.profile = profile{commands: s.Commands, texts: s.Texts, menu: s.Menu}
	if e.profile.commands == nil {
		e.profile.commands = map[string]json{}
	}
	if e.lastID = s.Last; e.lastID == nil {
		e.lastID = map[string]int64{}
	}
	e.tour = s.Tour
}

// Revision counts the changes of the world since the program started.
func (e *Emulator) Revision() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rev
}
