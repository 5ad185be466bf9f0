package exchange

import (
	"xiangzhang/internal/sheet"
)

// Block is a piece of a spreadsheet that a person pastes where he types a voucher.
type Block struct {
	Heads   []string // as written, nil where the block begins with a line
	Columns []string // of the voucher file by English name, "" for a head that it does not have; nil: not told by the block
	Rows    [][]string
}

// blockColumns are the voucher file's columns in its order, as a block without heads has them.
const blockColumns = 14

// ReadBlock finds the heads of a block in the voucher file's words. A block without heads that is as wide as the file
// is in the file's order.
func ReadBlock(text string) Block {
	b := Block{Rows: sheet.Cells(text)}
	if len(b.Rows) == 0 {
		return b
	}
	known := 0
	names := make([]string, len(b.Rows[0]))
	for i, head := range b.Rows[0] {
		if names[i] = voucherLayout.Named(head); names[i] != "" {
			known++
		}
	}
	if known >= 2 || known == len(names) {
		b.Heads, b.Columns, b.Rows = b.Rows[0], names, b.Rows[1:]
		return b
	}
	if width(b.Rows) >= blockColumns {
		for _, c := range voucherLayout.Columns {
			b.Columns = append(b.Columns, c.Name)
		}
	}
	return b
}

func width(rows [][]string) (most int) {
	for _, r := range rows {
		most = max(most, len(r))
	}
	return most
}
