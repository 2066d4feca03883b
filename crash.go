//go:build !crashtest

package main

// crashPoint marks a place where the crash tests kill the program. In service it
// does nothing.
func crashPoint(string) {}
