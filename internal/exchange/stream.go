package exchange

import (
	"bytes"
	"io"

	"xiangzhang/internal/sheet"
)

// streamRows are kept before they are written: a county's vouchers are millions of rows.
const streamRows = 5000

// csvStream writes a CSV of any length, in the form in which sheet writes a short one.
type csvStream struct {
	w       io.Writer
	format  string
	columns []sheet.Column
	rows    [][]sheet.Value
	begun   bool
}

func (s *csvStream) add(row []sheet.Value) error {
	s.rows = append(s.rows, row)
	if len(s.rows) < streamRows {
		return nil
	}
	return s.flush()
}

// flush writes the rows kept so far; without any rows at all it writes the head.
func (s *csvStream) flush() error {
	if len(s.rows) == 0 && s.begun {
		return nil
	}
	var w = s.w
	if s.begun {
		w = &headless{w: s.w}
	}
	s.begun = true
	err := sheet.Write(w, s.format, sheet.Sheet{Columns: s.columns, Rows: s.rows})
	s.rows = s.rows[:0]
	return err
}

// headless drops the first line, which is the head; no head holds a line feed.
type headless struct {
	w     io.Writer
	below bool
}

func (h *headless) Write(p []byte) (int, error) {
	if h.below {
		return h.w.Write(p)
	}
	_, rest, found := bytes.Cut(p, []byte("\n"))
	if !found {
		return len(p), nil
	}
	h.below = true
	if n, err := h.w.Write(rest); err != nil {
		return len(p) - len(rest) + n, err
	}
	return len(p), nil
}
