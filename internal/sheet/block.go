package sheet

import "strings"

// Cells cuts what a spreadsheet puts on the clipboard: tabs between cells, line ends between rows. A cell that holds
// either, or a quote, stands between quotes; a quote that never closes is a quote. Blank rows are dropped. Nothing is
// refused: a person has typed all of it somewhere.
func Cells(text string) [][]string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	var rows [][]string
	var row []string
	for {
		var c string
		c, text = cutCell(text)
		row = append(row, strings.TrimSpace(c))
		switch {
		case strings.HasPrefix(text, "\t"):
			text = text[1:]
			continue
		case strings.Join(row, "") != "":
			rows = append(rows, row)
		}
		if text == "" {
			return rows
		}
		row, text = nil, text[1:]
	}
}

// cutCell gives the first cell; rest begins with what ends it.
func cutCell(text string) (c, rest string) {
	if strings.HasPrefix(text, `"`) {
		var b strings.Builder
		for i := 1; i < len(text); i++ {
			if text[i] != '"' {
				b.WriteByte(text[i])
				continue
			}
			rest = text[i+1:]
			if strings.HasPrefix(rest, `"`) {
				b.WriteByte('"')
				i++
				continue
			}
			if rest == "" || rest[0] == '\t' || rest[0] == '\n' {
				return b.String(), rest
			}
			break
		}
	}
	if i := strings.IndexAny(text, "\t\n"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// Named gives the English name of the column that a head means, empty where the layout has no such column.
func (l Layout) Named(head string) string {
	if i, ok := l.heads()[plainHead(head)]; ok {
		return l.Columns[i].Name
	}
	return ""
}
