package sheet

import (
	"errors"
	"io"
)

// Grid takes the cells of a file of somebody else's making, such as a bank's: CSV, text with a separator of its own, or
// XLSX, told apart by content. Nothing is asked of a head, and titles over several cells are let stand; what a person
// cannot see (formulas, hidden rows, digits lost) is refused as in Read. The rows that are not blank come in the file's
// order. separator 0 finds a comma, tab or semicolon out by itself.
func Grid(name string, r io.Reader, separator byte) ([]Row, error) {
	src, err := open(name, r, MaxBytes)
	if err != nil {
		return nil, err
	}
	b := newBuilder(src, Layout{})
	b.raw, b.separator = true, separator
	if err := b.fill(); err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if len(b.problems) > 0 {
		return nil, b.problems.sorted()
	}
	if len(b.table.Rows) == 0 {
		return nil, src.empty()
	}
	return b.table.Rows, nil
}

// positional puts cells at the places where the file has them.
func positional(cells []cell) []string {
	out := make([]string, cells[len(cells)-1].column+1)
	for _, c := range cells {
		out[c.column] = c.text
	}
	return out
}
