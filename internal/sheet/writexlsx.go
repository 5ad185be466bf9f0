package sheet

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	sheetName = "Sheet1"
	fontName  = "宋体"
	// exactFen is the first amount whose fen a spreadsheet's fifteen figures no longer hold; it is written as text.
	exactFen = 1_000_000_000_000_000
	// landscapeWidth is the table's width, in half-width characters, from which A4 is turned.
	landscapeWidth = 95
	// sampledRows are looked at for the widths of the columns.
	sampledRows = 2000
)

type xlsxWriter struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	sheet  Sheet
	styles map[Emphasis]map[kind]int
	title  int
	plain  int    // footer
	line   [3]int // left, middle and right above the heads
	head   int
	row    int // written last
}

// writeXLSX streams the rows, so that a large table costs what its rows cost.
func writeXLSX(out io.Writer, s Sheet) error {
	file := excelize.NewFile()
	defer file.Close()
	w := &xlsxWriter{file: file, sheet: s}
	if err := w.write(); err != nil {
		return fmt.Errorf("sheet.Write xlsx %q: %w", s.Title, err)
	}
	if err := file.Write(out); err != nil {
		return fmt.Errorf("sheet.Write xlsx %q: %w", s.Title, err)
	}
	return nil
}

func (w *xlsxWriter) write() error {
	if err := w.makeStyles(); err != nil {
		return err
	}
	widths := w.sheet.widths()
	if err := setUpPrint(w.file, w.sheet.headRow(), w.sheet.Landscape()); err != nil {
		return err
	}
	var err error
	if w.stream, err = w.file.NewStreamWriter(sheetName); err != nil {
		return err
	}
	for i, width := range widths {
		if err := w.stream.SetColWidth(i+1, i+1, float64(width)); err != nil {
			return err
		}
	}
	if err := w.stream.SetPanes(frozen(w.sheet.headRow())); err != nil {
		return err
	}
	if err := w.writeTop(); err != nil {
		return err
	}
	if err := w.writeRows(); err != nil {
		return err
	}
	for _, line := range w.sheet.Footer {
		if err := w.writeLine(line, w.plain, 0); err != nil {
			return err
		}
	}
	if len(w.sheet.Signatures) > 0 {
		w.row++
		if err := w.writeLine(strings.Join(w.sheet.Signatures, ":"+room)+":"+room, w.plain, 24); err != nil {
			return err
		}
	}
	return w.stream.Flush()
}

// room is left for a name behind who signs.
const room = "                        "

// Landscape reports whether the table is too wide for A4 upright.
func (s Sheet) Landscape() bool { return sum(s.widths()) >= landscapeWidth }

func (s Sheet) lined() bool { return s.Entity+s.Period+s.Unit != "" }

func (s Sheet) grouped() bool {
	return slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Group != "" })
}

// headRow gives the last row of the column heads, which title, number and line push down.
func (s Sheet) headRow() int {
	row := 1
	for _, above := range []bool{s.Title != "", s.Number != "", s.lined(), s.grouped()} {
		if above {
			row++
		}
	}
	return row
}

func (w *xlsxWriter) writeTop() error {
	if w.sheet.Title != "" {
		if err := w.writeLine(w.sheet.Title, w.title, 28); err != nil {
			return err
		}
	}
	if w.sheet.Number != "" {
		if err := w.writeLine(w.sheet.Number, w.line[2], 0); err != nil {
			return err
		}
	}
	if w.sheet.lined() {
		if err := w.writeThree(); err != nil {
			return err
		}
	}
	return w.writeHeads()
}

// writeThree writes whose, when and what unit in thirds of the table's width; a table too narrow for that has them on
// one line.
func (w *xlsxWriter) writeThree() error {
	texts := [3]string{w.sheet.Entity, w.sheet.Period, w.sheet.Unit}
	widths := w.sheet.widths()
	ends := [3]int{0, 0, len(widths) - 1}
	for i, done := 0, 0; i < len(widths); i++ {
		done += widths[i]
		for third := range 2 {
			if done <= (third+1)*sum(widths)/3 {
				ends[third] = i
			}
		}
	}
	if ends[1] <= ends[0] || ends[2] <= ends[1] {
		return w.writeLine(strings.TrimSpace(strings.Join(texts[:], "  ")), w.plain, 0)
	}
	w.row++
	cells := make([]any, len(widths))
	first := 0
	for third, last := range ends {
		cells[first] = excelize.Cell{StyleID: w.line[third], Value: texts[third]}
		if last > first {
			if err := w.stream.MergeCell(cellName(first, w.row), cellName(last, w.row)); err != nil {
				return err
			}
		}
		first = last + 1
	}
	return w.stream.SetRow(cellName(0, w.row), cells)
}

// writeHeads writes the heads, on two rows where columns have a common one.
func (w *xlsxWriter) writeHeads() error {
	above, heads := make([]any, len(w.sheet.Columns)), make([]any, len(w.sheet.Columns))
	grouped := w.sheet.grouped()
	for i := 0; i < len(w.sheet.Columns); {
		c, last := w.sheet.Columns[i], i
		for c.Group != "" && last+1 < len(w.sheet.Columns) && w.sheet.Columns[last+1].Group == c.Group {
			last++
		}
		title, bottom := c.Group, w.row+1
		if c.Group == "" {
			title, bottom = c.Title, w.row+2
		}
		if grouped && (last > i || bottom > w.row+1) {
			if err := w.stream.MergeCell(cellName(i, w.row+1), cellName(last, bottom)); err != nil {
				return err
			}
		}
		for ; i <= last; i++ {
			above[i] = excelize.Cell{StyleID: w.head, Value: title}
			heads[i] = excelize.Cell{StyleID: w.head, Value: w.sheet.Columns[i].Title}
		}
	}
	if grouped {
		w.row++
		if err := w.stream.SetRow(cellName(0, w.row), above); err != nil {
			return err
		}
	}
	w.row++
	return w.stream.SetRow(cellName(0, w.row), heads)
}

// writeLine writes one text across the width of the table.
func (w *xlsxWriter) writeLine(line string, style int, height float64) error {
	w.row++
	first := cellName(0, w.row)
	if n := len(w.sheet.Columns); n > 1 {
		if err := w.stream.MergeCell(first, cellName(n-1, w.row)); err != nil {
			return err
		}
	}
	return w.stream.SetRow(first, []any{excelize.Cell{StyleID: style, Value: line}}, excelize.RowOpts{Height: height})
}

func (w *xlsxWriter) writeRows() error {
	cells := make([]any, 0, len(w.sheet.Columns))
	for i, row := range w.sheet.Rows {
		cells = cells[:0]
		for _, v := range row {
			cells = append(cells, excelize.Cell{StyleID: w.styles[max(v.stands, w.sheet.stands(i))][v.kind], Value: v.excel()})
		}
		w.row++
		if err := w.stream.SetRow(cellName(0, w.row), cells); err != nil {
			return err
		}
	}
	return nil
}

// stands gives the emphasis of a row: totals stand at the end.
func (s Sheet) stands(row int) Emphasis {
	switch {
	case row < len(s.Rows)-s.Totals:
		return Plain
	case row == len(s.Rows)-1:
		return Final
	default:
		return Strong
	}
}

// excel gives the value as the spreadsheet keeps it, a number where people will calculate with it.
func (v Value) excel() any {
	switch v.kind {
	case kindEmpty:
		return nil
	case kindAmount:
		if v.number >= exactFen || v.number <= -exactFen {
			return v.String()
		}
		return float64(v.number) / 100
	case kindInteger:
		return v.number
	case kindPercent:
		return float64(v.number) / 10_000
	default:
		return v.text
	}
}

func (w *xlsxWriter) makeStyles() error {
	thin := func(sides ...string) []excelize.Border {
		var borders []excelize.Border
		for _, side := range sides {
			borders = append(borders, excelize.Border{Type: side, Color: "000000", Style: 1})
		}
		return borders
	}
	add := func(s excelize.Style, size float64, bold bool) (int, error) {
		s.Font = &excelize.Font{Family: fontName, Size: size, Bold: bold}
		return w.file.NewStyle(&s)
	}
	var err error
	if w.title, err = add(excelize.Style{Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}}, 16, true); err != nil {
		return err
	}
	if w.plain, err = add(excelize.Style{Alignment: &excelize.Alignment{Vertical: "center"}}, 10, false); err != nil {
		return err
	}
	for i, side := range []string{"left", "center", "right"} {
		if w.line[i], err = add(excelize.Style{Alignment: &excelize.Alignment{Horizontal: side, Vertical: "center"}}, 10, false); err != nil {
			return err
		}
	}
	w.head, err = add(excelize.Style{Border: thin("left", "top", "right", "bottom"),
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}, 10, true)
	if err != nil {
		return err
	}
	formats := map[kind]string{kindEmpty: "@", kindText: "@", kindAmount: "#,##0.00", kindInteger: "#,##0", kindPercent: "0.00%"}
	w.styles = map[Emphasis]map[kind]int{}
	for _, b := range []Emphasis{Plain, Strong, Final} {
		w.styles[b] = map[kind]int{}
		borders := thin("left", "right", "top", "bottom")
		if b == Final {
			borders[3].Style = 6 // double
		}
		for k, format := range formats {
			side := "right"
			if k == kindText || k == kindEmpty {
				side = "left"
			}
			w.styles[b][k], err = add(excelize.Style{CustomNumFmt: &format, Border: borders,
				Alignment: &excelize.Alignment{Horizontal: side, Vertical: "center"}}, 10, b != Plain)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// setUpPrint prints on A4, as wide as the page, with the head on each page and the page's number below.
func setUpPrint(f *excelize.File, headRow int, landscape bool) error {
	yes, a4, one, asMany := true, 9, 1, 0
	orientation := "portrait"
	if landscape {
		orientation = "landscape"
	}
	if err := f.SetSheetProps(sheetName, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	err := f.SetPageLayout(sheetName, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &one, FitToHeight: &asMany})
	if err != nil {
		return err
	}
	if err := f.SetHeaderFooter(sheetName, &excelize.HeaderFooterOptions{OddFooter: "&C第 &P 页,共 &N 页"}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheetName,
		RefersTo: fmt.Sprintf("%s!$1:$%d", sheetName, headRow)})
}

func frozen(headRow int) *excelize.Panes {
	return &excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: cellName(0, headRow+1), ActivePane: "bottomLeft"}
}

// widths gives each column's width in half-width characters, from its head and the first rows.
func (s Sheet) widths() []int {
	widths := make([]int, len(s.Columns))
	for i, c := range s.Columns {
		widths[i] = textWidth(c.Title)
	}
	look := func(row []Value) {
		for i, v := range row[:min(len(row), len(widths))] {
			widths[i] = max(widths[i], textWidth(v.String()))
		}
	}
	for _, row := range s.Rows[:min(len(s.Rows), sampledRows)] {
		look(row)
	}
	for _, row := range s.Rows[max(0, len(s.Rows)-s.Totals):] { // totals are the widest amounts
		look(row)
	}
	for i := range widths {
		widths[i] = min(max(widths[i]+2, 6), 48)
	}
	return widths
}

// textWidth counts a Chinese character as two.
func textWidth(s string) int {
	longest := 0
	for line := range strings.Lines(s) {
		n := 0
		for _, r := range strings.TrimRight(line, "\n") {
			n++
			if r >= 0x2E80 {
				n++
			}
		}
		longest = max(longest, n)
	}
	return longest
}

func sum(widths []int) int {
	n := 0
	for _, w := range widths {
		n += w
	}
	return n
}
