package exchange

import (
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// voucherRow is one row of a voucher file as far as it can be read by itself.
type voucherRow struct {
	row         sheet.Row
	follows     bool // it names neither book nor date, word nor number: it goes on with the voucher above
	book        string
	date        calendar.Date
	word        string
	number      int64
	attachments string
	note        string
	kind        ledger.EntryKind
	reverses    *ledger.Number
	line        ledger.Line
	bad         bool // something was refused
}

// head is what the rows of one voucher without number have in common.
type head struct {
	book, word string
	date       calendar.Date
}

func (r *voucherRow) head() head { return head{r.book, r.word, r.date} }

// readRow reads the cells of a row and notes every one that cannot be read.
func (im *imported) readRow(row sheet.Row) voucherRow {
	r := voucherRow{row: row, line: lineOf(row), attachments: row.Get("attachments"), note: row.Get("note"), kind: ledger.Ordinary}
	r.line.Summary = row.Get("summary")
	refuse := func(err error, column string) {
		if err != nil {
			r.bad = true
			im.refuse(row, err, column)
		}
	}
	var err error
	r.line.Debit, err = money.Parse(row.Get("debit"))
	refuse(err, "debit")
	r.line.Credit, err = money.Parse(row.Get("credit"))
	refuse(err, "credit")
	if row.Get("book")+row.Get("date")+row.Get("word")+row.Get("number") == "" {
		r.follows = true
		return r
	}
	if r.book = row.Get("book"); r.book == "" {
		r.book = im.options.Book
	}
	if r.book == "" {
		refuse(fault.New(fault.Invalid, "book-missing", "本行没有账套", "请填写账套编码"), "book")
	}
	if text := row.Get("date"); text == "" {
		refuse(fault.New(fault.Invalid, "date-missing", "本行没有日期", "请填写凭证日期"), "date")
	} else {
		r.date, err = calendar.ParseDate(withoutMidnight(text))
		refuse(err, "date")
	}
	if r.word = row.Get("word"); r.word == "" {
		r.word = "记"
	}
	r.number, err = parseVoucherNumber(row.Get("number"), r.word)
	refuse(err, "number")
	r.kind, err = parseEntryKind(row.Get("kind"))
	refuse(err, "kind")
	r.reverses, err = parseReverses(row.Get("reverses"))
	refuse(err, "reverses")
	return r
}

// lineOf takes account, dimensions and summary of a row.
func lineOf(row sheet.Row) ledger.Line {
	return ledger.Line{
		Account: row.Get("account"),
		Dims: ledger.Dims{
			Function: row.Get("function"), Economic: row.Get("economic"), Project: row.Get("project"),
			Fund: row.Get("fund"), Party: row.Get("party"),
		},
	}
}

// spendingUnit reads the unit that a line of a shared book is spent by. Whether it lies within the book's unit the ledger
// asks.
func (im *imported) spendingUnit(tx *store.Tx, row sheet.Row, d *ledger.Dims, bad *bool) error {
	code := row.Get("unit")
	if code == "" {
		return nil
	}
	if im.units == nil {
		im.units = map[string]int64{}
		all, err := org.List(tx, im.by.County, "/", "")
		if err != nil {
			return err
		}
		for _, u := range all {
			im.units[u.Code] = u.ID
		}
	}
	id, known := im.units[code]
	if !known {
		*bad = true
		im.refuse(row, fault.Newf(fault.Refused, "line-unit", "请填本账套单位或其下属单位的编码", "没有编码为「%s」的单位", code), "unit")
	}
	d.Unit = id
	return nil
}

// unitCodes gives the codes of the county's units, for the lines of shared books.
func unitCodes(tx *store.Tx, county int64) (map[int64]string, error) {
	all, err := org.List(tx, county, "/", "")
	codes := map[int64]string{}
	for _, u := range all {
		codes[u.ID] = u.Code
	}
	return codes, err
}

// withoutMidnight drops the hour that other programs print behind every date.
func withoutMidnight(text string) string {
	day, hour, found := strings.Cut(text, " ")
	if found && hour != "" && strings.Trim(hour, "0:") == "" {
		return day
	}
	return text
}

// parseVoucherNumber reads 12, 0012 and, as other programs print it, 记-0012. Empty is zero.
func parseVoucherNumber(text, word string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	bare := strings.TrimLeft(strings.TrimPrefix(text, word), "-字第 ")
	n, err := strconv.ParseInt(strings.TrimSuffix(bare, "号"), 10, 64)
	if err != nil || n <= 0 || n > 999_999 {
		return 0, fault.Newf(fault.Invalid, "voucher-number", "请填 1 到 999999 的整数,或留空由系统编号", "凭证号「%s」写法不对", text)
	}
	return n, nil
}

func parseAttachments(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > 9999 {
		return 0, fault.Newf(fault.Invalid, "voucher-attachments", "请填 0 到 9999", "附件数「%s」不合规则", text)
	}
	return n, nil
}

const (
	ordinaryWord = "普通"
	closingWord  = "结转"
)

func parseEntryKind(text string) (ledger.EntryKind, error) {
	switch text {
	case "", ordinaryWord, string(ledger.Ordinary):
		return ledger.Ordinary, nil
	case closingWord, string(ledger.Closing):
		return ledger.Closing, nil
	}
	return ledger.Ordinary, fault.Newf(fault.Invalid, "voucher-kind", "请填「普通」或「结转」,空白为普通", "没有凭证类型「%s」", text)
}

// parseReverses reads "2026-10 记-0012" and the stored form 2026-10|记|12.
func parseReverses(text string) (*ledger.Number, error) {
	if text == "" {
		return nil, nil
	}
	if n, err := ledger.ParseNumber(text); err == nil {
		return &n, nil
	}
	month, rest, _ := strings.Cut(text, " ")
	word, digits, found := strings.Cut(rest, "-")
	period, err := calendar.ParsePeriod(month)
	n, bad := strconv.ParseInt(digits, 10, 64)
	if !found || err != nil || bad != nil || n <= 0 || word == "" {
		return nil, fault.Newf(fault.Invalid, "voucher-reverses", "写法如 2026-10 记-0012", "冲销凭证「%s」写法不对", text)
	}
	return &ledger.Number{Period: period, Word: word, Number: n}, nil
}
