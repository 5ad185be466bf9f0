package sheet

import (
	"fmt"
	"io"
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

// band tells body rows from total rows in the table of styles.
type band int

const (
	body  band = iota
	total      // single rule above
	last       // single rule above, double below
)

type xlsxWriter struct {
	file   *excelize.File
	stream *excelize.StreamWriter
	sheet  Sheet
	styles map[band]map[kind]int
	title  int
	plain  int // subtitle and footer
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
	if err := setUpPrint(w.file, w.sheet.headRow(), sum(widths) >= landscapeWidth); err != nil {
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
	return w.stream.Flush()
}

// headRow gives the row of the column heads, which title and subtitle push down.
func (s Sheet) headRow() int {
	row := 1
	if s.Title != "" {
		row++
	}
	if s.Subtitle != "" {
		row++
	}
	return row
}

func (w *xlsxWriter) writeTop() error {
	if w.sheet.Title != "" {
		if err := w.writeLine(w.sheet.Title, w.title, 28); err != nil {
			return err
		}
	}
	if w.sheet.Subtitle != "" {
		if err := w.writeLine(w.sheet.Subtitle, w.plain, 0); err != nil {
			return err
		}
	}
	heads := make([]any, len(w.sheet.Columns))
	for i, c := range w.sheet.Columns {
		heads[i] = excelize.Cell{StyleID: w.head, Value: c.Title}
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
		styles := w.styles[w.sheet.bandOf(i)]
		for _, v := range row {
			cells = append(cells, excelize.Cell{StyleID: styles[v.kind], Value: v.excel()})
		}
		w.row++
		if err := w.stream.SetRow(cellName(0, w.row), cells); err != nil {
			return err
		}
	}
	return nil
}

func (s Sheet) bandOf(row int) band {
	switch {
	case row < len(s.Rows)-s.Totals:
		return body
	case row == len(s.Rows)-1:
		return last
	default:
		return total
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
	w.head, err = add(excelize.Style{Border: thin("left", "top", "right", "bottom"),
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}, 10, true)
	if err != nil {
		return err
	}
	formats := map[kind]string{kindEmpty: "@", kindText: "@", kindAmount: "#,##0.00", kindInteger: "#,##0", kindPercent: "0.00%"}
	w.styles = map[band]map[kind]int{}
	for _, b := range []band{body, total, last} {
		w.styles[b] = map[kind]int{}
		borders := thin("left", "right", "top", "bottom")
		if b == last {
			borders[3].Style = 6 // double
		}
		for k, format := range formats {
			side := "right"
			if k == kindText || k == kindEmpty {
				side = "left"
			}
			w.styles[b][k], err = add(excelize.Style{CustomNumFmt: &format, Border: borders,
				Alignment: &excelize.Alignment{Horizontal: side, Vertical: "center"}}, 10, b != body)
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
