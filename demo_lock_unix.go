//go:build unix

package main

import (
	"os"
	"syscall"
)

// lockFile takes a lock that ends with the file or with this process, however that
// ends. It does not wait.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
