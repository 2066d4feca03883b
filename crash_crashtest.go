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
// CRASH_AT names, "point:n", for the n-th time since the file CRASH_ARM is there.
// Of several processes only the first one dies.
func crashPoint(point string) {
	arm := os.Getenv("CRASH_ARM")
	name, times, _ := strings.Cut(os.Getenv("CRASH_AT"), ":")
	if point != name {
		return
	}
	if _, err := os.Stat(arm); err != nil {
		return
	}
	n, err := strconv.ParseInt(times, 10, 64)
	if err != nil {
		n = 1
	}
	if passed.Add(1) < n {
		return
	}
	if f, err := os.OpenFile(arm+".met", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
		_ = f.Close()
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}
