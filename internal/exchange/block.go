package exchange

import (
	"slices"
	"strings"

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

// BlockDimensions names a column that holds all dimensions of a line, as the grid shows them.
const BlockDimensions = "dimensions"

// gridHeads are heads of the voucher's grid and of people's own sheets that no file has: a file names accounts by code.
var gridHeads = map[string]string{
	"科目": "account", "会计科目": "account", "科目名称": "account", "会计科目名称": "account", "辅助核算": BlockDimensions,
}

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
		names[i] = voucherLayout.Named(head)
	}
	for i, head := range b.Rows[0] {
		if also := gridHeads[strings.TrimSpace(head)]; names[i] == "" && also != "" && !slices.Contains(names, also) {
			names[i] = also
		}
		if names[i] != "" {
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
