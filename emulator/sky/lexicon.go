package sky

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// TID is the shape of a post's key (packages/syntax/src/TID.ts of
// bluesky-social/atproto d6296a1cfd).
var TID = regexp.MustCompile(`^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$`)

// Invalid tells what the lexicons do not allow about a record.
func (n *Network) Invalid(collection, key string, v map[string]any) string {
	switch {
	case !TID.MatchString(key):
		return "Invalid record key for " + collection + ": TID syntax not valid"
	case v["$type"] != collection:
		return "Invalid $type"
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000Z", fmt.Sprint(v["createdAt"])); err != nil {
		return "createdAt must be a datetime"
	}
	if collection == "app.bsky.feed.threadgate" {
		return invalidGate(v, key)
	}
	return n.invalidPost(v)
}

func invalidGate(v map[string]any, key string) string {
	hidden, _ := v["hiddenReplies"].([]any)
	if !strings.HasSuffix(fmt.Sprint(v["post"]), "/app.bsky.feed.post/"+key) || len(hidden) > 300 {
		return "Invalid threadgate"
	}
	return ""
}

func (n *Network) invalidPost(v map[string]any) string {
	for name := range v {
		if !slices.Contains([]string{"$type", "text", "facets", "reply", "embed", "langs", "createdAt"}, name) {
			return "unexpected field " + name
		}
	}
	text, ok := v["text"].(string)
	switch {
	case !ok:
		return "text is required"
	case uniseg.GraphemeClusterCount(text) > 300:
		return fmt.Sprintf("grapheme too big (maximum 300, got %d) at $.record.text", uniseg.GraphemeClusterCount(text))
	case len(text) > 3000:
		return "string too big (maximum 3000)"
	}
	if langs, _ := v["langs"].([]any); len(langs) > 3 {
		return "array too big (maximum 3)"
	}
	return first(n.invalidFacets(text, v["facets"]), n.invalidEmbed(v["embed"]), n.invalidReply(v["reply"]))
}

// first is the first fault that there is.
func first(faults ...string) string {
	i := slices.IndexFunc(faults, func(s string) bool { return s != "" })
	if i < 0 {
		return ""
	}
	return faults[i]
}

// address is what a link may lead to.
var address = regexp.MustCompile(`^[a-z][a-z0-9.+-]*:[^\s]+$`)

// A Facet is a part of a text that leads somewhere.
type Facet struct {
	Index    struct{ ByteStart, ByteEnd int }
	Features []map[string]string
}

func (n *Network) invalidFacets(text string, v any) string {
	body, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var facets []Facet
	if err := json.Unmarshal(body, &facets); err != nil {
		return err.Error()
	}
	end := 0
	for _, f := range facets {
		from, to := f.Index.ByteStart, f.Index.ByteEnd
		if from < end || to <= from || to > len(text) || !Border(text, from) || !Border(text, to) || len(f.Features) != 1 {
			return fmt.Sprintf("facet %d-%d of %q", from, to, text)
		}
		end = to
		did, isMention := f.Features[0]["did"]
		if link, is := f.Features[0]["uri"]; is && !address.MatchString(link) {
			return "Invalid uri " + link
		}
		if isMention && n.People[did] == nil {
			return "mention of nobody"
		}
	}
	return ""
}

// Border tells whether a character of the text begins or ends at byte i.
func Border(text string, i int) bool { return i == len(text) || utf8.RuneStart(text[i]) }

// lostFile begins what is said of a file that is not there.
const lostFile = "Could not find blob: "

func (n *Network) invalidEmbed(v any) string {
	if v == nil {
		return ""
	}
	embed, _ := v.(map[string]any)
	pictures, _ := embed["images"].([]any)
	if embed["$type"] != "app.bsky.embed.images" || len(pictures) == 0 || len(pictures) > 4 {
		return "Invalid embed"
	}
	for _, p := range pictures {
		picture := p.(map[string]any)
		file, _ := picture["image"].(map[string]any)
		ref, _ := file["ref"].(map[string]any)
		seen, ok := n.blobs[fmt.Sprint(ref["$link"])]
		_, alt := picture["alt"].(string)
		size, _ := file["size"].(float64)
		switch {
		case !alt || file["$type"] != "blob" || !strings.HasPrefix(fmt.Sprint(file["mimeType"]), "image/"):
			return "Invalid image"
		case size > 2_000_000: // as it is told: the file is not looked at yet
			return "blob too big (maximum 2000000)"
		case !ok:
			return lostFile + fmt.Sprint(ref["$link"])
		case file["mimeType"] != seen.mime || file["size"] != float64(seen.size):
			return "Referenced Mimetype does not match stored blob"
		}
	}
	return ""
}

// invalidReply checks that both posts were named as they are.
func (n *Network) invalidReply(v any) string {
	if v == nil {
		return ""
	}
	reply, _ := v.(map[string]any)
	for _, end := range []string{"root", "parent"} {
		to, _ := reply[end].(map[string]any)
		if s, ok := n.Records[fmt.Sprint(to["uri"])]; !ok || s.CID != to["cid"] {
			return "reply." + end + " names no record"
		}
	}
	return ""
}
