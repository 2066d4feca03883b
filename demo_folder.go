package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The files of a demo's folder. The first marks the folder as a demo's, and whoever
// shows its world holds a lock on it; the second is there once the world is whole.
const (
	demoMark  = "peyk-demo"
	demoWhole = "seeded"
)

// file is the path of one of the demo's files.
func (d *demo) file(name string) string { return filepath.Join(d.dir, name) }

// occupy takes the folder for this process alone, until the lock is closed. A
// folder that holds something else is left as it is.
func (d *demo) occupy() (lock *os.File, err error) {
	if err := makeFolder(d.dir); err != nil {
		return nil, fmt.Errorf("making the demo's folder: %w", err)
	}
	there, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(d.file(demoMark)); err != nil && len(there) > 0 {
		return nil, fmt.Errorf("%s holds something that no demo has made; name an empty folder with --dir", d.dir)
	}
	if lock, err = os.OpenFile(d.file(demoMark), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return nil, err
	}
	if err := lockFile(lock); err != nil {
		return nil, errors.Join(d.occupied(), lock.Close())
	}
	if err := os.Remove(d.file("address")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, lock.Close())
	}
	return lock, nil
}

// occupied says that a demo runs in the folder, and where its page is.
func (d *demo) occupied() error {
	address, err := os.ReadFile(d.file("address"))
	if err != nil {
		return fmt.Errorf("a demo is about to begin in %s; it will print its address. To have another one, name another folder with --dir", d.dir)
	}
	return fmt.Errorf("a demo runs in %s already: open %s, or name another folder with --dir", d.dir, address)
}

// makeFolder makes a folder and those above it. When we are root the database has
// another user, who must be able to pass through.
func makeFolder(path string) error {
	mode := fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o711
	}
	err := os.Mkdir(path, mode)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeFolder(filepath.Dir(path)); err == nil {
			err = os.Mkdir(path, mode)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		err = os.Chmod(path, mode) // also where the umask takes more away
	}
	return err
}

// whole tells whether the folder has a world that was made to its end.
func (d *demo) whole() bool {
	_, err := os.Stat(d.file(demoWhole))
	return err == nil
}

// forget removes an earlier world, also one that was not made to its end.
func (d *demo) forget() error {
	var failed error
	for _, name := range []string{demoWhole, "world", "sky", "bot", "clock", "bot.log", "postgres"} {
		failed = errors.Join(failed, os.RemoveAll(d.file(name)))
	}
	return failed
}

// bring loads the world of the last run, if there was one.
func (d *demo) bring(ctx context.Context) error {
	if !d.whole() {
		return nil
	}
	if err := d.telegram.LoadFrom(d.file("world")); err != nil { //nolint:contextcheck // what it starts ends with the emulator
		return err
	}
	if err := d.sky.LoadFrom(d.file("sky")); err != nil {
		return err
	}
	known, err := d.store.HasAgencies(ctx)
	if err == nil && !known {
		err = errors.New("its database is empty")
	}
	return err
}

// keep saves the world every few seconds when it has changed.
func (d *demo) keep(ctx context.Context) error {
	tick := time.NewTicker(3 * time.Second)
	defer tick.Stop()
	for last := int64(-1); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := d.telegram.Revision() + d.sky.Revision()
		if now == last {
			continue
		}
		last = now
		if err := d.save(); err != nil {
			return err
		}
	}
}

func (d *demo) save() error {
	err := errors.Join(d.telegram.SaveTo(d.file("world")), d.sky.SaveTo(d.file("sky")))
	if err != nil {
		return fmt.Errorf("keeping the demo's world: %w", err)
	}
	return nil
}
