package sky

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// savedVersion is the form of a saved network.
const savedVersion = 1

// saved is a network in a file. The pictures' bytes lie beside it.
type saved struct {
	Version int
	Now     time.Time
	Said    int
	People  []*Person
	Records []*Stored
	Likes   []like
	Blobs   map[string]string // their types, by name
}

const savedName = "network.json"

// SaveTo writes the network into a folder. What was there before stays whole until
// the new state is. Faults are not kept, sessions are.
func (n *Network) SaveTo(dir string) error {
	n.mu.Lock()
	s := saved{Version: savedVersion, Now: n.Now, Said: n.said, Likes: n.likes, Blobs: map[string]string{}}
	for _, p := range n.People {
		s.People = append(s.People, p)
	}
	s.Records = n.ordered()
	files := map[string][]byte{}
	for cid, b := range n.blobs {
		s.Blobs[cid], files[cid] = b.mime, b.data
	}
	raw, err := json.Marshal(s)
	n.mu.Unlock()
	if err != nil {
		return fmt.Errorf("writing the network: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o700); err != nil {
		return err
	}
	for cid, data := range files {
		path := filepath.Join(dir, "files", cid)
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if err := writeWhole(path, data); err != nil {
				return err
			}
		}
	}
	return writeWhole(filepath.Join(dir, savedName), raw)
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

// LoadFrom brings back what SaveTo has written. Where nothing lies the network stays
// as it was made, and so do people of whom nothing was kept.
func (n *Network) LoadFrom(dir string) error {
	raw, err := os.ReadFile(filepath.Join(dir, savedName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var s saved
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("reading the network: %w", err)
	}
	if s.Version != savedVersion {
		return fmt.Errorf("the saved network is of version %d, not %d", s.Version, savedVersion)
	}
	blobs := map[string]blobSeen{}
	for cid, mime := range s.Blobs {
		data, err := os.ReadFile(filepath.Join(dir, "files", filepath.Base(cid)))
		if err != nil {
			return err
		}
		blobs[cid] = blobSeen{mime, len(data), data}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.Now, n.said, n.likes, n.blobs = s.Now, s.Said, s.Likes, blobs
	for _, p := range s.People {
		n.People[p.DID] = p
	}
	for _, r := range s.Records {
		n.Records[r.URI] = r
	}
	n.rev++
	return nil
}
