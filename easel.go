package main

import (
	"context"
	"fmt"

	"peyk/pictures"
	"peyk/social"
)

// easels is how many pictures are drawn at a time: drawing takes a core, and who taps
// a button meanwhile shall not wait for one.
const easels = 2

// An easel draws pictures, a few at a time.
type easel struct {
	painter *pictures.Painter
	turns   chan struct{}
}

func newEasel() (easel, error) {
	p, err := pictures.New()
	return easel{p, make(chan struct{}, easels)}, err
}

// Draw draws a picture when its turn has come. A fault of the painter is an error:
// what the picture was for goes out without it.
func (e easel) Draw(ctx context.Context, p social.Picture) (drawn []byte, err error) {
	select {
	case e.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() {
		<-e.turns
		if fault := recover(); fault != nil {
			err = fmt.Errorf("drawing a picture: %v", fault)
		}
	}()
	return e.painter.Card(p)
}
