package handlers

import (
	"bytes"
	"context"
	"io"
	"strconv"

	"peyk/bot"
	"peyk/social"
)

// pictured puts a message under pictures. Where they cannot be drawn, the text has all
// that matters and goes out alone.
func (h *Handlers) pictured(ctx context.Context, m bot.Message, pictures ...social.Picture) bot.Message {
	if h.Paint == nil {
		return m
	}
	drawn := map[string][]byte{}
	var media []social.Media
	for i, p := range pictures {
		png, err := h.Paint(ctx, p)
		if err != nil {
			h.Log.ErrorContext(ctx, "drawing a picture failed; its text goes out alone", "brand", p.Shade, "err", err)
			return m
		}
		name := "picture-" + strconv.Itoa(i+1)
		drawn[name] = png
		media = append(media, social.Media{Kind: social.Photo, Hash: name, Name: name + ".png"})
	}
	m.Media = media
	m.Open = func(_ context.Context, name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(drawn[name])), nil
	}
	return m
}
