//go:build crashtest

package main

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

var passed atomic.Int64

// crashPoint kills the program without warning when it comes to the place that
// CRASH_AT names, "point:n", for the n-th time.
func crashPoint(point string) {
	name, times, _ := strings.Cut(os.Getenv("CRASH_AT"), ":")
	n, err := strconv.ParseInt(times, 10, 64)
	if err != nil {
		n = 1
	}
	if point == name && passed.Add(1) == n {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}
