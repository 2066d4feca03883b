package social

import (
	"hash/fnv"
	"math/rand"
	"os"
	"strings"
	"testing"
)

func TestZZExt(t *testing.T) {
	for _, f := range strings.Fields(os.Getenv("EXT")) {
		raw, _ := os.ReadFile(f)
		for part := uint32(0); part < 2; part++ {
			var neg, pos measure
			n := 0
			var miss []string
			for line := range strings.Lines(string(raw)) {
				i := strings.LastIndex(line, "\t")
				if i < 0 {
					continue
				}
				text, label := strings.TrimSpace(line[:i]), strings.TrimSpace(line[i:])
				h := fnv.New32a()
				h.Write([]byte(text))
				if h.Sum32()%2 != part {
					continue
				}
				s := Judge(text)
				n++
				neg.count(s.Negative(), label == "0")
				pos.count(s.Mood == Positive, label == "1")
				if part == 0 && (label == "0") != s.Negative() {
					miss = append(miss, label+" "+string(s.Mood)+" "+text+"  <"+strings.Join(s.Why, "|")+">")
				}
			}
			t.Logf("%s part %d n=%d neg %v pos %v", f, part, n, neg, pos)
			if os.Getenv("MISS") != "" {
				rand.Shuffle(len(miss), func(i, j int) { miss[i], miss[j] = miss[j], miss[i] })
				for _, m := range miss[:min(len(miss), 150)] {
					t.Log(m)
				}
			}
		}
	}
}
