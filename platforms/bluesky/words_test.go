package bluesky_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"peyk/platforms/bluesky"
)

// Whatever the connector refuses with is told in both languages.
func TestRefusalsHaveWords(t *testing.T) {
	for _, language := range []string{"fa", "en"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "locales", language+".issue.json"))
		words := map[string]string{}
		if err != nil || json.Unmarshal(data, &words) != nil {
			t.Fatal(err)
		}
		for _, code := range []string{
			bluesky.CodeRefused, bluesky.CodeBadFile, bluesky.CodeMediaMissing, bluesky.CodeBadLogin, bluesky.CodeNotAppPassword,
			bluesky.CodeBadServer, bluesky.CodeNotOurThread, bluesky.CodeHiddenFull, bluesky.CodePostGone,
			bluesky.CodeEmail, bluesky.CodeBadHandle, bluesky.CodeNoHandle, bluesky.CodeUnproven,
		} {
			if words["reason."+code] == "" {
				t.Errorf("%s: no words for %s", language, code)
			}
		}
	}
}
