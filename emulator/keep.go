package emulator

import (
	stdjson "encoding/json"
	"fmt"
	"maps"
)

// A World is one that was kept. It can be given back many times.
type World struct {
	raw   []byte
	files map[string]*file
}

// Keep keeps the world as SaveTo does, in memory.
func (e *Emulator) Keep() (*World, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	raw, err := stdjson.Marshal(e.snapshot())
	if err != nil {
		return nil, fmt.Errorf("keeping the world: %w", err)
	}
	return &World{raw, maps.Clone(e.files)}, nil
}

// GiveBack puts a kept world in place of the present one, with its numbers: nothing fails any more, the journal is empty, and
// phones and rooms that were given out before belong to no world. The bot goes on polling: updates and taps go on being counted,
// so that it takes none for one that it has had.
func (e *Emulator) GiveBack(w *World) error {
	s, err := readWorld(w.raw)
	if err != nil {
		return err
	}
	e.do(func() {
		next, last := e.updates.next, orMade(maps.Clone(s.Last)) // LoadFrom leaves numbers out
		last["query"] = e.lastID["query"]
		s.Allowed = e.updates.allowed
		e.restore(s, maps.Clone(w.files))
		e.updates.next, e.lastID = next, last
		e.faults, e.switches, e.struck, e.outage = nil, map[string]bool{}, 0, false
		e.limits, e.violations = limits{chats: map[int64]*bucket{}}, nil
	})
	return nil
}
