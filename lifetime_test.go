package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
)

// A lifetime owns what outlives tests. It is asked for the few things that owners are
// asked for. What goes wrong in it fails the run.
type lifetime struct {
	testing.TB // nil

	mu     sync.Mutex
	ends   []func()
	faults int64
}

// end does what is to be done at the end, the last first, and counts the faults of all
// the time.
func (l *lifetime) end() int64 {
	l.mu.Lock()
	ends := l.ends
	l.ends = nil
	l.mu.Unlock()
	for _, f := range slices.Backward(ends) {
		f()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.faults
}

// Cleanup has something done at the end.
func (l *lifetime) Cleanup(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ends = append(l.ends, f)
}

// TempDir makes a folder that is gone after the end.
func (l *lifetime) TempDir() string {
	dir, err := os.MkdirTemp("", "peyk-stage")
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// Helper is for tests, which say where they have failed.
func (*lifetime) Helper() {}

// Context does not end before the program.
func (*lifetime) Context() context.Context { return context.Background() }

// Logf says something.
func (*lifetime) Logf(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// Error tells of a fault.
func (l *lifetime) Error(args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults++
	fmt.Fprintln(os.Stderr, append([]any{"beside all tests:"}, args...)...)
}

// Errorf tells of a fault.
func (l *lifetime) Errorf(format string, args ...any) { l.Error(fmt.Sprintf(format, args...)) }

// Fatal ends the run.
func (*lifetime) Fatal(args ...any) { panic(fmt.Sprintln(args...)) }

// Fatalf ends the run.
func (l *lifetime) Fatalf(format string, args ...any) { l.Fatal(fmt.Sprintf(format, args...)) }
