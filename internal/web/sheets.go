package web

import (
	"runtime/debug"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/store"
)

// sheets gives what draw makes, as the person prints. It is drawn after the reading has ended: who waits for his turn
// to draw holds no reader of the database.
func (c *call) sheets(tx *store.Tx, name string, draw func(s paper.Setup) ([]byte, error)) (answer, error) {
	s, err := paper.SetupOf(tx, c.actor.County, c.actor.Person)
	if err != nil {
		return answer{}, err
	}
	return answer{file: pdfFile(name, func() ([]byte, error) { return draw(s) })}, nil
}

// pdfFile is a document that the browser shows, drawn once the route has ended.
func pdfFile(name string, draw func() ([]byte, error)) *file {
	return &file{name: name + ".pdf", media: attachment.PDF, inline: true, draw: draw}
}

// draw makes a file that is still to be drawn.
func (c *call) draw(f *file) error {
	return c.drawing(func() (err error) { f.body, err = f.draw(); return err })
}

// drawingMemory is what the program holds at most while a document is drawn, in bytes, as far as collecting can keep it: the
// library keeps every text of every sheet until the document is closed, and with the collector's usual pace three times as
// much would lie about.
const drawingMemory = 200 << 20

// drawing calls draw once nothing else is drawn, so that many people who print at once do not fill the memory, and has
// what is dead collected sooner meanwhile. The turn passes on whatever becomes of it.
func (c *call) drawing(draw func() error) error {
	select {
	case c.server.drawing <- struct{}{}:
		defer func() { <-c.server.drawing }()
		if usual := debug.SetMemoryLimit(-1); usual > drawingMemory {
			defer debug.SetMemoryLimit(usual)
			debug.SetMemoryLimit(drawingMemory)
		}
		return draw()
	case <-c.r.Context().Done():
		return c.r.Context().Err()
	}
}
