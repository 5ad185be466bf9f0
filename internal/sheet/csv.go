package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"xiangzhang/internal/fault"
)

// readCSV reads text with a comma, a tab or a semicolon between the cells.
//
// encoding/csv is not used: its strict mode refuses the bare quotes that people write (12"屏幕), its lazy mode swallows
// every row after a quote that is never closed, without a word, and neither counts rows as a spreadsheet does. Here a
// quote counts only at the start of a cell, and once opened it must close before the next separator.
func readCSV(src *source, b *builder) error {
	text, err := src.text()
	if err != nil {
		return err
	}
	s := &scanner{src: src, r: bufio.NewReaderSize(text, 64<<10)}
	if s.separator = b.separator; s.separator == 0 {
		s.separator = separatorOf(s.r)
	}
	for {
		cells, err := s.next()
		if p, ok := err.(Problems); ok { // nothing after it can be trusted
			b.problems = append(b.problems, p...)
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if addErr := b.add(s.row, cells); addErr != nil {
			return addErr
		}
		if err != nil || b.headRow > 0 && len(b.places) == 0 {
			return nil
		}
	}
}

// separatorOf takes the separator that the first line with content holds most of.
func separatorOf(r *bufio.Reader) byte {
	head, _ := r.Peek(r.Size())
	head = bytes.TrimLeft(head, "\r\n")
	count := map[byte]int{}
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if (c == '\n' || c == '\r') && !quoted {
			break
		}
		if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte("\t;") {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// scanner cuts text into rows; row is the number of the row cut last, as a spreadsheet counts.
type scanner struct {
	src       *source
	r         *bufio.Reader
	separator byte
	row       int
	field     []byte
	cells     []cell
}

// next gives the cells with content of the next row, with io.EOF when it is the last.
func (s *scanner) next() ([]cell, error) {
	s.row++
	s.cells = s.cells[:0]
	for column := 0; ; column++ {
		end, err := s.cell(column)
		if err != nil {
			return nil, err
		}
		if err := s.keep(column); err != nil {
			return nil, err
		}
		switch end {
		case endOfRow:
			return s.cells, nil
		case endOfFile:
			return s.cells, io.EOF
		}
	}
}

// keep stores the cell just cut, unless it is empty.
func (s *scanner) keep(column int) error {
	if len(s.field) == 0 {
		return nil
	}
	if bytes.IndexByte(s.field, 0) >= 0 {
		return s.src.notATable()
	}
	if bytes.Contains(s.field, []byte("\uFFFD")) {
		return s.src.unreadable(s.row)
	}
	s.cells = append(s.cells, cell{column: column, text: armed(string(s.field))})
	return nil
}

type ending int

const (
	endOfCell ending = iota
	endOfRow
	endOfFile
)

// cell cuts one cell into s.field.
func (s *scanner) cell(column int) (ending, error) {
	s.field = s.field[:0]
	for {
		c, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return endOfFile, nil
		}
		if err != nil {
			return 0, fmt.Errorf("sheet.Read %s: %w", s.src.name, err)
		}
		switch {
		case c == s.separator:
			return endOfCell, nil
		case c == '\n' || c == '\r':
			return endOfRow, s.lineFeed(c)
		case c == '"' && len(bytes.TrimLeft(s.field, " ")) == 0:
			s.field = s.field[:0]
			if err := s.quoted(column); err != nil {
				return 0, err
			}
			return s.afterQuote(column)
		}
		if err := s.put(c, column); err != nil {
			return 0, err
		}
	}
}

// quoted cuts what stands between quotes; a doubled quote is one quote.
func (s *scanner) quoted(column int) error {
	for {
		c, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return s.openQuote(column)
		}
		if err != nil {
			return fmt.Errorf("sheet.Read %s: %w", s.src.name, err)
		}
		if c == '"' {
			next, err := s.r.Peek(1)
			if err != nil || next[0] != '"' {
				return nil
			}
			_, _ = s.r.Discard(1)
		}
		if c == '\r' {
			if err := s.lineFeed(c); err != nil {
				return err
			}
			c = '\n'
		}
		if err := s.put(c, column); err != nil {
			return err
		}
	}
}

// afterQuote lets only blanks stand between a closing quote and the end of the cell.
func (s *scanner) afterQuote(column int) (ending, error) {
	for {
		c, err := s.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return endOfFile, nil
		case err != nil:
			return 0, fmt.Errorf("sheet.Read %s: %w", s.src.name, err)
		case c == s.separator:
			return endOfCell, nil
		case c == '\n' || c == '\r':
			return endOfRow, s.lineFeed(c)
		case c != ' ':
			return 0, s.openQuote(column)
		}
	}
}

// lineFeed drops the line feed that belongs to a carriage return.
func (s *scanner) lineFeed(c byte) error {
	if c != '\r' {
		return nil
	}
	next, err := s.r.Peek(1)
	if err == nil && next[0] == '\n' {
		_, err = s.r.Discard(1)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("sheet.Read %s: %w", s.src.name, err)
	}
	return nil
}

func (s *scanner) put(c byte, column int) error {
	if len(s.field) >= 4*maxCellRunes {
		var p Problems
		p.Add(s.row, "", cellTooLong(cell{column: column}, s.row))
		return p
	}
	s.field = append(s.field, c)
	return nil
}

func (s *scanner) openQuote(column int) error {
	var p Problems
	p.Add(s.row, "", fault.Newf(fault.Invalid, "sheet-quote", "请补齐或删去引号,内容里的引号要写成两个",
		"单元格 %s 的引号不成对", cellName(column, s.row)))
	return p
}

// A spreadsheet takes a CSV cell that begins so for a formula and runs it (formula injection).
const formulaStarts = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"

// runs reports whether a spreadsheet might run the text as a formula, blanks and defusing marks at its start aside.
func runs(s string) bool {
	s = strings.TrimLeft(s, "' \u00a0\u3000")
	for _, r := range s {
		return strings.ContainsRune(formulaStarts, r)
	}
	return false
}

// defused puts an apostrophe before a text that a spreadsheet might run; armed takes it off again.
func defused(s string) string {
	if runs(s) {
		return "'" + s
	}
	return s
}

func armed(s string) string {
	if s[0] == '\'' && runs(s[1:]) {
		return s[1:]
	}
	return s
}
