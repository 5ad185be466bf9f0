package exchange

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// commodity is the one currency of every book.
const commodity = "CNY"

// Hledger writes a book as a journal that hledger reads: one transaction per voucher, the opening balances before them,
// accounts as paths of codes, dimensions as tags. Carried-over years need no opening of their own, because a journal
// runs on. Amounts keep their signs: a red-letter line of the debit side is a negative posting, one of the credit side a
// positive one.
func Hledger(tx *store.Tx, w io.Writer, b ledger.Book) error {
	j := &journal{tx: tx, book: b, w: bufio.NewWriterSize(w, 64<<10), paths: map[string]string{}}
	if err := j.write(); err != nil {
		return fmt.Errorf("exchange.Hledger %s: %w", b.Code, err)
	}
	return nil
}

type journal struct {
	tx           *store.Tx
	book         ledger.Book
	w            *bufio.Writer
	paths        map[string]string // by account code
	combinations map[int64]ledger.Combination
}

func (j *journal) write() error {
	var err error
	if j.combinations, err = ledger.Combinations(j.tx, j.book.County); err != nil {
		return err
	}
	fmt.Fprintf(j.w, "; 账套 %s %s(%s),%s起\n; 由乡账导出\ndecimal-mark .\ncommodity 1000.00 %s\n\n",
		plainLine(j.book.Code), plainLine(j.book.Name), plainLine(j.book.UnitName), j.book.Start.Chinese(), commodity)
	if err := j.accounts(); err != nil {
		return err
	}
	if err := j.opening(); err != nil {
		return err
	}
	if err := j.vouchers(); err != nil {
		return err
	}
	return j.w.Flush()
}

// accounts declares every account of the book's years by its path. An account keeps the path of its first year.
func (j *journal) accounts() error {
	for year := j.book.Start.Year(); year <= j.book.Today.Year(); year++ {
		chart, err := ledger.ChartOf(j.tx, j.book, year)
		if err != nil {
			return err
		}
		for _, a := range chart.Accounts() {
			if _, known := j.paths[a.Code]; known {
				continue
			}
			path := a.Code
			if p, ok := j.paths[a.Parent]; ok {
				path = p + ":" + a.Code
			}
			j.paths[a.Code] = path
			fmt.Fprintf(j.w, "account %s  ; %s\n", path, plainLine(a.FullName))
		}
	}
	_, err := j.w.WriteString("\n")
	return err
}

func (j *journal) opening() error {
	lines, err := openingOf(j.tx, j.book)
	if err != nil || len(lines) == 0 {
		return err
	}
	fmt.Fprintf(j.w, "%s * (期初) 期初余额\n", j.book.Start.First())
	for _, l := range lines {
		j.posting(l.Account, l.Dims, l.Debit-l.Credit, "")
	}
	_, err = j.w.WriteString("\n")
	return err
}

func (j *journal) vouchers() error {
	heads, err := voucherHeads(j.tx, j.book)
	if err != nil {
		return err
	}
	var at ledger.Number
	err = ledger.Entries(j.tx, j.book, firstPeriod, lastPeriod, func(e ledger.EntryRow) error {
		if e.Number != at {
			at = e.Number
			j.head(e, heads[at])
		}
		c := j.combinations[e.Combination]
		j.posting(c.Account, c.Dims, e.Debit-e.Credit, e.Summary)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = j.w.WriteString("\n")
	return err
}

// head begins the transaction of a voucher: its date, its number as people see it, its first summary, its tags.
func (j *journal) head(e ledger.EntryRow, h voucherHead) {
	fmt.Fprintf(j.w, "\n%s * (%s) %s\n    ; period:%s", e.Date, e.Number.Label(), plainLine(e.Summary), e.Number.Period)
	if h.attachments != 0 {
		fmt.Fprintf(j.w, ", attachments:%d", h.attachments)
	}
	if e.Kind == ledger.Closing {
		fmt.Fprintf(j.w, ", kind:%s", e.Kind)
	}
	if h.reverses != nil {
		fmt.Fprintf(j.w, ", reverses:%s %s", h.reverses.Period, h.reverses.Label())
	}
	j.w.WriteByte('\n')
}

// posting writes one line; a failure to write shows when the journal is flushed.
func (j *journal) posting(account string, d ledger.Dims, fen money.Fen, summary string) {
	path, ok := j.paths[account]
	if !ok {
		path = account
	}
	fmt.Fprintf(j.w, "    %-24s  %18s %s", path, fen.Plain(), commodity)
	separator := "  ; "
	tag := func(name, value string) {
		if value != "" {
			j.w.WriteString(separator + name + ":" + plainTag(value))
			separator = ", "
		}
	}
	if d.Unit != 0 {
		tag("unit", fmt.Sprint(d.Unit))
	}
	tag("function", d.Function)
	tag("economic", d.Economic)
	tag("project", d.Project)
	tag("fund", d.Fund)
	tag("party", d.Party)
	tag("summary", summary)
	j.w.WriteByte('\n')
}

// plainLine keeps a text on its line and out of comments and payees: what ends them becomes its full-width form.
func plainLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ';':
			return '\uff1b'
		case r == '|':
			return '\uff5c'
		case r < ' ' || r == '\u007f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return ' '
		}
		return r
	}, s)
}

// plainTag keeps a text inside one tag's value, which a comma ends.
func plainTag(s string) string { return strings.ReplaceAll(plainLine(s), ",", "\uff0c") }
