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

// GiveBack puts a kept world in place of the present one: nothing fails any more, the journal is empty, and phones and rooms that
// were given out before belong to no world. The bot goes on polling, and what is counted goes on counting, so that nothing new
// bears the name of something old.
func (e *Emulator) GiveBack(w *World) error {
	s, err := readWorld(w.raw)
	if err != nil {
		return err
	}
	e.do(func() {
		s.Allowed = e.updates.allowed
		e.restore(s, maps.Clone(w.files))
		e.faults, e.switches, e.struck, e.outage = nil, map[string]bool{}, 0, false
		e.limits, e.violations = limits{chats: map[int64]*bucket{}}, nil
	})
	return nil
}
