package pictures

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peyk/social"
)

var update = flag.Bool("update", false, "draw the golden pictures anew")

func painter(t testing.TB) *Painter {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// samples are cards as they are and as they hardly ever are.
func samples() map[string]social.Picture {
	fa := social.Picture{
		RTL: true, Shade: 8, Brand: "کافه نوبهار", Subtitle: "گزارش هفتگی · شنبه ۲۳ آبان تا جمعه ۲۹ آبان", Badge: "تلگرام",
		Tiles: []social.Tile{
			{Label: "دنبال‌کننده‌ها", Value: "۱۲٬۴۸۰", Change: "۳۷۵", Way: 1, Note: "نسبت به هفتهٔ قبل"},
			{Label: "واکنش‌ها", Value: "۸۶٬۳۵۰", Change: "۱۲", Way: 1, Note: "نسبت به هفتهٔ قبل"},
			{Label: "نرخ تعامل", Value: "۴٫۸٪", Change: "۰٫۶", Way: -1, Note: "نسبت به هفتهٔ قبل"},
			{Label: "نظرهای پاسخ‌داده‌شده", Value: "۵۷ از ۶۱", Change: "بی‌تغییر", Note: "نسبت به هفتهٔ قبل"},
		},
		Chart:  social.Chart{Title: "هفت روز گذشته", Bar: "تعامل پست‌ها", Line: "دنبال‌کننده‌ها", Empty: "از این روزها چیزی نمی‌دانیم."},
		Advice: "هرچه برنامه‌ریزی شده بود منتشر شد و روزهای آینده هم پست دارد؛ همین‌طور ادامه بدهید.",
		Foot:   "آژانس باران · شنبه ۳۰ آبان ۱۴۰۵، ۰۹:۰۰",
	}
	en := social.Picture{
		Shade: 9, Brand: "Café Nobahar", Subtitle: "Weekly report · Mon 14 to Sun 20 November", Badge: "Telegram",
		Tiles: []social.Tile{
			{Label: "Followers", Value: "12,480", Change: "375", Way: 1, Note: "vs last week"},
			{Label: "Reactions", Value: "86,350", Change: "12", Way: 1, Note: "vs last week"},
			{Label: "Engagement rate", Value: "4.8%", Change: "0.6", Way: -1, Note: "vs last week"},
			{Label: "Comments answered", Value: "57 of 61", Change: "no change", Note: "vs last week"},
		},
		Chart:  social.Chart{Title: "Last seven days", Bar: "Engagement", Line: "Followers", Empty: "Nothing is known of these days."},
		Advice: "Thursday 18:00 was your best slot; put the next post there.",
		Foot:   "Baran Agency · Sat 21 Nov 2026, 09:00",
	}
	counts := []int64{9800, 11200, 8700, 12100, 14300, 18400, 11850}
	names := strings.Fields("شنبه یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه")
	for i, n := range counts {
		amount := func(words string) social.Amount { return social.Amount{Known: true, N: n, Words: words} }
		fa.Chart.Days = append(fa.Chart.Days, social.Column{Name: names[i], Date: persianDigits(fmt.Sprint(23+i)) + " آبان", Bar: amount(persianDigits(fmt.Sprint(n))), Point: amount("")})
		en.Chart.Days = append(en.Chart.Days, social.Column{Name: strings.Fields("Mon Tue Wed Thu Fri Sat Sun")[i], Date: fmt.Sprint(14+i, " Nov"), Bar: amount(fmt.Sprint(n)), Point: amount("")})
	}
	return map[string]social.Picture{"fa-week": planned(fa), "en-week": planned(en), "fa-month": month(fa), "en-month": month(en), "fa": fa, "en": en, "fa-long": long(fa), "en-long": long(en), "fa-empty": empty(fa), "en-empty": empty(en),
		"fa-six": six(fa), "en-six": six(en), "fa-rows": told(fa), "en-rows": told(en)}
}

// planned is a card of a week that is planned: nothing but rows.
func planned(c social.Picture) social.Picture {
	post := func(tone social.Tone, clock string) social.Entry {
		return social.Entry{Tone: tone, Lead: clock, Words: c.Advice}
	}
	p := social.Picture{RTL: c.RTL, Shade: c.Shade, Brand: c.Brand, Subtitle: c.Subtitle, Foot: c.Foot}
	for i, d := range c.Chart.Days {
		p.Rows = append(p.Rows, social.Row{Name: d.Name, Date: d.Date, Today: i == 2, Empty: "—"})
	}
	p.Rows[0].Entries = []social.Entry{post(social.ToneDone, "۰۹:۰۰"), post(social.ToneTrouble, "18:00")}
	p.Rows[2].Entries = []social.Entry{post(social.ToneReady, "۱۲:۳۰"), post(social.ToneWaiting, "18:00"), {Words: c.Subtitle}}
	p.Rows[4].Note, p.Rows[4].Entries = c.Badge, []social.Entry{post(social.ToneOpen, "۲۱:۰۰")}
	for _, t := range []social.Tone{social.ToneDone, social.ToneReady, social.ToneWaiting, social.ToneOpen, social.ToneTrouble} {
		p.Legend = append(p.Legend, social.Entry{Tone: t, Words: c.Badge})
	}
	return p
}

// month is a card with a narrow bar for each of thirty days.
func month(c social.Picture) social.Picture {
	days := c.Chart.Days
	c.Chart.Days, c.Advice = nil, ""
	for i := range 30 {
		d := days[i%7]
		d.Name, d.Bar.Known = "", i%11 != 3
		d.Bar.N, d.Point.N = d.Bar.N*int64(i%5), d.Point.N+int64(i)*900
		c.Chart.Days = append(c.Chart.Days, d)
	}
	return c
}

// six is a card of a month, with six numbers, of which one is not known and one has
// nothing before it.
func six(c social.Picture) social.Picture {
	c = month(c)
	c.Tiles = append(append([]social.Tile(nil), c.Tiles...), c.Tiles[2], c.Tiles[3])
	c.Tiles[4] = social.Tile{Label: c.Tiles[1].Label, Note: c.Badge}
	c.Tiles[5].Change, c.Tiles[5].Note = "", ""
	return c
}

// told is a card whose rows have text of up to two lines.
func told(c social.Picture) social.Picture {
	p := social.Picture{RTL: c.RTL, Shade: c.Shade, Brand: c.Brand, Subtitle: c.Subtitle, Foot: c.Foot}
	for i, t := range c.Tiles {
		r := social.Row{Name: t.Label, Text: strings.Repeat(c.Advice+" ", i), Empty: c.Chart.Empty}
		if i > 1 {
			r.Date, r.Entries = t.Value, []social.Entry{{Lead: t.Value, Words: c.Advice}, {Words: t.Note}}
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

func persianDigits(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '۰' }, s)
}

// long is a card with names and numbers that do not fit, and with what the font lacks.
func long(c social.Picture) social.Picture {
	c.Shade, c.Badge = 6, "Telegram و اینستاگرام و Bluesky"
	c.Brand = "🌸 فروشگاه بزرگ چای و قهوهٔ Nobahar & Söhne (شعبهٔ ۱۲) 茶 ✅ فروشگاه"
	c.Advice = strings.Repeat(c.Advice+" 🎉 ", 3)
	c.Foot = strings.Repeat(c.Foot+" · @NobaharDesk_bot ", 3)
	c.Tiles = append([]social.Tile(nil), c.Tiles...)
	for i := range c.Tiles {
		c.Tiles[i].Value, c.Tiles[i].Change = "888,888,888,888,888", "888,888,888,888"
	}
	c.Chart.Days = append([]social.Column(nil), c.Chart.Days...)
	for i := range c.Chart.Days {
		c.Chart.Days[i].Bar = social.Amount{Known: i != 3, N: 1 << (8 * i), Words: "888,888,888,888"}
		c.Chart.Days[i].Point.Known = i != 2
	}
	return c
}

// empty is a card of which nothing is known but the followers of one day, which make no line.
func empty(c social.Picture) social.Picture {
	c.Shade, c.Advice, c.Badge, c.Tiles = 10, "", "", append([]social.Tile(nil), c.Tiles...)
	for i := range c.Tiles {
		c.Tiles[i].Value, c.Tiles[i].Change, c.Tiles[i].Note = "", "", ""
	}
	c.Chart.Days = append([]social.Column(nil), c.Chart.Days...)
	for i := range c.Chart.Days {
		c.Chart.Days[i].Bar.Known, c.Chart.Days[i].Point.Known = false, i == 2
	}
	c.Chart.Line = ""
	return c
}

// The pictures are as somebody has looked at them, also where one painter serves
// several goroutines.
func TestCardsLookAsTheyShould(t *testing.T) {
	p := painter(t)
	for name, c := range samples() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drawn, err := p.Card(c)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name+".png")
			if *update {
				if err := os.WriteFile(golden, drawn, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(drawn, want) { // as on most machines: what looks the same need not be looked at
				return
			}
			if off := apart(t, drawn, want); off > 0.0005 {
				t.Errorf("%.2f%% of the pixels differ; look at it, then run with -update", 100*off)
			}
		})
	}
}

// apart is the share of pixels that differ by more than rounding does.
func apart(t testing.TB, a, b []byte) float64 {
	t.Helper()
	x, y := decoded(t, a), decoded(t, b)
	if x.Bounds() != image.Rect(0, 0, 1080, 1350) || y.Bounds() != x.Bounds() {
		t.Fatalf("pictures of %v and %v", x.Bounds(), y.Bounds())
	}
	off := 0
	for i := 0; i < len(x.Pix); i += 4 {
		if max(far(x.Pix[i], y.Pix[i]), far(x.Pix[i+1], y.Pix[i+1]), far(x.Pix[i+2], y.Pix[i+2])) > 8 {
			off++
		}
	}
	return float64(off) / (Width * Height)
}

func far(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

func decoded(t testing.TB, data []byte) *image.RGBA {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rgba := image.NewRGBA(img.Bounds())
	draw.Draw(rgba, rgba.Bounds(), img, image.Point{}, draw.Src)
	return rgba
}

func BenchmarkCard(b *testing.B) {
	p, c := painter(b), samples()["fa"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Card(c); err != nil {
			b.Fatal(err)
		}
	}
}
