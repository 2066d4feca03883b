package bot

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// MaxData is the longest callback data, in bytes (Bot API 10.3).
const MaxData = 64

// errData is callback data that this version did not write.
var errData = errors.New("not our callback data")

// A press is what a button carries: never a right, only what it is about.
// Whoever handles it looks the noun up and checks the person, the chat and the
// version, since anybody can send any data.
type press struct {
	action  string
	id      int64
	version int
	args    []string
}

// Data writes callback data: v1:<action>:<id>:<version>[:<arg>…], numbers in
// base 36. Data that is longer than 64 bytes, or whose action or args hold a
// colon or are not printable ASCII, is a fault of the program: it is returned as
// it is, and the message that carries it is refused before it is sent.
func Data(action string, id int64, version int, arg ...string) string {
	parts := append([]string{"v1", action, strconv.FormatInt(id, 36), strconv.FormatInt(int64(version), 36)}, arg...)
	return strings.Join(parts, ":")
}

// parseData reads what Data writes, and nothing else.
func parseData(data string) (press, error) {
	if len(data) > MaxData {
		return press{}, errData
	}
	parts := strings.Split(data, ":")
	if len(parts) < 4 || parts[0] != "v1" || parts[1] == "" || !printable(data) {
		return press{}, errData
	}
	id, err := strconv.ParseInt(parts[2], 36, 64)
	if err != nil {
		return press{}, errData
	}
	version, err := strconv.ParseInt(parts[3], 36, 32)
	if err != nil {
		return press{}, errData
	}
	p := press{action: parts[1], id: id, version: int(version)}
	if len(parts) > 4 {
		p.args = parts[4:]
	}
	if Data(p.action, p.id, p.version, p.args...) != data {
		return press{}, errData // "+1", "01", capitals: one meaning has one spelling
	}
	return p, nil
}

func printable(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// checkData tells what is wrong with the data of a button.
func checkData(data string) error {
	if _, err := parseData(data); err != nil {
		return fmt.Errorf("the button's data %q: %w", data, err)
	}
	return nil
}
