package byhand_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"peyk/platforms"
	"peyk/platforms/byhand"
	"peyk/platforms/platformtest"
	"peyk/social"
)

func TestConformance(t *testing.T) {
	for _, p := range social.Platforms() {
		t.Run(string(p), func(t *testing.T) {
			platformtest.Run(t, func(*testing.T) platformtest.Rig {
				return platformtest.Rig{
					Connector: byhand.Connector{},
					State:     social.Handed,
					Intent: platforms.Intent{
						Key:     "k",
						Account: social.Account{ID: 1, Platform: p, ByHand: true},
						Variant: social.Variant{
							Account: 1, Text: social.Text{Plain: "سلام #نوروز"},
							Media: []social.Media{{Kind: social.Photo, Hash: "a"}},
						},
					},
				}
			})
		})
	}
}

func TestMaterial(t *testing.T) {
	media := []social.Media{{Kind: social.Photo, Hash: "a"}, {Kind: social.Video, Hash: "b"}}
	got := byhand.MaterialOf(social.Variant{
		Text: social.Text{Plain: "تخفیف (۲۰٪)\n#می‌خواهم <b>", Marks: []social.Mark{
			{Type: "bold", Length: 5}, {Type: "text_link", Offset: 1, Length: 3, URL: "https://a.ir/?x=1&y=2"}}},
		Media: media, FirstComment: "قیمت در دایرکت",
	})
	want := byhand.Material{
		Text: "تخفیف (۲۰٪)\n#می‌خواهم <b>", Links: []string{"https://a.ir/?x=1&y=2"},
		Media: media, FirstComment: "قیمت در دایرکت",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
