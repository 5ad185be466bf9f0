package exchange

import (
	"fmt"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
)

// leftNamed is how many of the rows that a file leaves out its refusal names.
const leftNamed = 5

// leavesOut refuses a file that sets something as a whole and does not name all that stands there: what it leaves out
// would be gone. what says whose rows they are; left names each.
func (im *imported) leavesOut(what string, left []string) error {
	if len(left) == 0 || im.options.Replace {
		return nil
	}
	names := strings.Join(left[:min(len(left), leftNamed)], "、")
	if len(left) > leftNamed {
		names += "等"
	}
	return fault.Newf(fault.Refused, "import-leaves-out", "请把它们补进文件;确要以文件整体替换的,网页上勾选「整体替换」,命令加 --replace",
		"%s现有 %d 行文件中没有:%s", what, len(left), names)
}

// wholeBook puts a refusal of what a file says of a book as a whole, which no row can mend; it names the book once.
func wholeBook(b ledger.Book, f *fault.Error) sheet.Problems {
	if !strings.Contains(f.Message, b.Name) {
		f = fault.New(f.Kind, f.Code, fmt.Sprintf("账套%s:%s", b.Name, f.Message), f.Hint)
	}
	var p sheet.Problems
	p.Add(0, "", f)
	return p
}
