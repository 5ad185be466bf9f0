package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
)

// blockAnswer is a pasted block as lines of the grid, with everything that is wrong with it and whatever has no place
// in a voucher: nothing that was pasted is lost.
type blockAnswer struct {
	Fields []string   `json:"fields"` // of a line that the block has
	Lines  []lineData `json:"lines"`
	Marks  []mark     `json:"marks"` // Line counts Lines, from 1
	Head   blockHead  `json:"head"`
	Notes  []string   `json:"notes"`
	Left   []string   `json:"left"` // cells that fit nowhere, with their places
}

// blockHead is what the block says of the voucher itself; empty: nothing.
type blockHead struct {
	Date        string `json:"date,omitempty"`
	Word        string `json:"word,omitempty"`
	Attachments string `json:"attachments,omitempty"`
}

// lineFields are the fields of a line in the voucher file's order.
var lineFields = []string{"summary", "account", "function", "economic", "project", "fund", "party", "debit", "credit"}

// readBlock reads a block of a spreadsheet by the voucher file's heads, its order or from the caret's cell on, and
// checks it by the rules of a voucher.
func readBlock(c *call) (answer, error) {
	t, err := c.typing("粘贴分录")
	if err != nil {
		return answer{}, err
	}
	block := exchange.ReadBlock(c.r.PostFormValue("text"))
	if block.Columns == nil {
		if block.Columns, err = t.fromCaret(c.form("field"), block.Rows); err != nil {
			return tell(err)
		}
	}
	a := blockAnswer{Lines: []lineData{}, Marks: []mark{}, Notes: []string{}, Left: []string{}}
	for _, f := range lineFields {
		among := slices.Contains(block.Columns, exchange.BlockDimensions) && slices.Contains(t.columns, ledger.Dimension(f))
		if among || slices.Contains(block.Columns, f) {
			a.Fields = append(a.Fields, f)
		}
	}
	if n := len(block.Rows); n > ledger.LinesMost {
		return tell(fault.Newf(fault.Invalid, "voucher-too-long", "请分成几张凭证,或用「导入导出」一次导入", "粘贴的内容有 %d 行,一张凭证最多 %d 行", n, ledger.LinesMost))
	}
	t.draft.Lines = nil
	heads := map[string][]string{}
	for i, row := range block.Rows {
		t.draft.Lines = append(t.draft.Lines, t.blockLine(block, i, row, heads, &a))
	}
	t.blockHalves(c.form("half"), slices.Contains(a.Fields, "account"))
	t.blockHead(heads, &a)
	for i, l := range t.draft.Lines {
		a.Lines = append(a.Lines, t.data(halfKey(l.Half), l))
		a.Marks = append(a.Marks, t.blockMarks(i, a.Fields)...)
	}
	if len(t.draft.Lines) == 0 {
		a.Notes = append(a.Notes, "粘贴的内容没有分录,请从表格中复制整行或几格后再粘贴")
	}
	return answer{data: a}, nil
}

// fromCaret names the columns of a block without heads, which goes on from the cell with the caret to the right. Its
// width tells whether it has all dimensions, those of the book, all in one cell as the grid shows them, or none; a width
// that tells nothing is refused, so that no amount is taken for something else.
func (t *typing) fromCaret(field string, rows [][]string) ([]string, error) {
	whole := lineFields[max(slices.Index(lineFields, field), 0):]
	var bare, book, shown []string
	for _, f := range whole {
		d := ledger.Dimension(f)
		if !slices.Contains(allDimensions, d) {
			bare, book, shown = append(bare, f), append(book, f), append(shown, f)
			continue
		}
		if slices.Contains(t.columns, d) {
			book = append(book, f)
		}
		if !slices.Contains(shown, exchange.BlockDimensions) {
			shown = append(shown, exchange.BlockDimensions)
		}
	}
	columns := 0
	for _, r := range rows {
		columns = max(columns, len(r))
	}
	for _, meant := range [][]string{whole, bare, shown, book} {
		if columns == len(meant) {
			return meant, nil
		}
	}
	if columns <= alike(book) {
		return book[:columns], nil
	}
	return nil, fault.Newf(fault.Invalid, "block-width", fmt.Sprintf("请连同表头一起复制,或从摘要起按 %d 列(摘要、科目、借方、贷方)、%d 列(中间加一列辅助核算)粘贴",
		len(lineFields)-len(allDimensions), len(lineFields)-len(allDimensions)+1), "粘贴的内容有 %d 列,没有表头,分不清各列是什么", columns)
}

// alike counts the columns at the head of a block whose meaning does not depend on its width: texts up to the first
// dimension, or dimensions up to the first amount.
func alike(fields []string) int {
	dimension := func(f string) bool { return slices.Contains(allDimensions, ledger.Dimension(f)) }
	if len(fields) == 0 {
		return 0
	}
	for i, f := range fields {
		if f == "debit" && i > 0 || dimension(f) != dimension(fields[0]) {
			return i
		}
	}
	return len(fields)
}

// blockLine takes one row; what says something of the voucher itself goes to heads, what has no place to a.Left.
func (t *typing) blockLine(block exchange.Block, i int, row []string, heads map[string][]string, a *blockAnswer) ledger.DraftLine {
	var l ledger.DraftLine
	for j, cell := range row {
		name := ""
		if j < len(block.Columns) {
			name = block.Columns[j]
		}
		switch {
		case cell == "":
		case slices.Contains([]string{"book", "date", "word", "number", "attachments"}, name):
			if !slices.Contains(heads[name], cell) {
				heads[name] = append(heads[name], cell)
			}
		case !t.put(&l, name, cell):
			place := fmt.Sprintf("第 %d 行第 %d 列", i+1, j+1)
			if j < len(block.Heads) && block.Heads[j] != "" {
				place = fmt.Sprintf("第 %d 行「%s」", i+1, block.Heads[j])
			}
			a.Left = append(a.Left, place+":"+cell)
		}
	}
	return l
}

// put writes a cell into its field as the form would read it; false: there is no such field.
func (t *typing) put(l *ledger.DraftLine, field, cell string) bool {
	switch field {
	case "summary":
		l.Summary = cell
	case "account":
		l.Account = accountCode(t.chart, t.book, "", cell)
	case "debit":
		l.Debit = cell
	case "credit":
		l.Credit = cell
	case exchange.BlockDimensions:
		return t.putDimensions(l, cell)
	default:
		d := ledger.Dimension(field)
		if !slices.Contains(t.columns, d) {
			return false
		}
		*dimensionOf(l, d) = classCode(t.chart, d, cell)
	}
	return true
}

// putDimensions writes what one cell says of all dimensions into those that the line's account takes: each part goes where
// a classification knows it, else to a dimension of free words. false: a part has no place.
func (t *typing) putDimensions(l *ledger.DraftLine, cell string) bool {
	a, ok := t.chart.Account(l.Account)
	if !ok {
		return false
	}
	place := func(part string) bool {
		for _, free := range []bool{false, true} {
			for _, r := range a.Requires {
				at := dimensionOf(l, r.Dimension)
				if *at != "" || free != (r.Values == "") || !slices.Contains(t.columns, r.Dimension) {
					continue
				}
				if !free && len(t.chart.NamedClasses(r.Dimension, part)) != 1 {
					continue
				}
				*at = classCode(t.chart, r.Dimension, part)
				return true
			}
		}
		return false
	}
	all := true
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(";；、，,·|", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			all = place(part) && all
		}
	}
	return all
}

// blockHalves puts the lines into their halves: by their accounts, or all where the caret is.
func (t *typing) blockHalves(caret string, byAccount bool) {
	if !t.chart.TwoHalves() {
		return
	}
	before := caret == "b"
	for i := range t.draft.Lines {
		l := &t.draft.Lines[i]
		if byAccount {
			before = isBudgetary(t.chart, *l, before)
		}
		l.Half = ledger.Financial
		if before {
			l.Half = ledger.Budgetary
		}
	}
}

func (t *typing) blockHead(heads map[string][]string, a *blockAnswer) {
	one := func(name string) string {
		if len(heads[name]) == 1 {
			return heads[name][0]
		}
		return ""
	}
	a.Head = blockHead{one("date"), one("word"), one("attachments")}
	if len(heads["date"]) > 1 || len(heads["number"]) > 1 || len(heads["word"]) > 1 {
		a.Notes = append(a.Notes, "粘贴的内容像是几张凭证(日期、凭证字或凭证号不止一个),已全部放入本张;请分开粘贴,或用「导入导出」一次导入")
	}
	if books := heads["book"]; len(books) > 1 || len(books) == 1 && books[0] != t.book.Code && books[0] != t.book.Name {
		a.Notes = append(a.Notes, fmt.Sprintf("粘贴的内容写的账套是「%s」,本张记入%s", books[0], t.book.Name))
	}
}

// blockMarks gives what is wrong with one line, as far as the block itself has the fields.
func (t *typing) blockMarks(i int, fields []string) []mark {
	one := *t
	one.draft.Lines = t.draft.Lines[i : i+1]
	var out []mark
	for _, p := range one.draft.Problems(t.chart, t.book) {
		f := fault.As(p)
		if lineOf(p) == 0 || !slices.Contains(fields, "account") && !slices.Contains(fields, f.Field) {
			continue
		}
		out = append(out, mark{Half: halfKey(one.draft.Lines[0].Half), Line: i + 1, Field: f.Field, Message: strings.TrimSuffix(f.Error(), "。")})
	}
	return out
}
