//go:build !unix

package main

import "os"

// lockFile takes no lock: there is no embedded database here that a second demo
// could want.
func lockFile(*os.File) error { return nil }
