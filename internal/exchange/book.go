package exchange

import (
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// fileBook is a book that a file names.
type fileBook struct {
	ledger.Book
	err    error // why the file may not write into it
	charts map[int]*ledger.Chart
}

// chart gives the accounts of a year; nil where the file may not write into the book.
func (b *fileBook) chart(tx *store.Tx, year int) (*ledger.Chart, error) {
	if b.err != nil {
		return nil, nil
	}
	if c := b.charts[year]; c != nil {
		return c, nil
	}
	c, err := ledger.ChartOf(tx, b.Book, year)
	if err != nil {
		return nil, err
	}
	b.charts[year] = c
	return c, nil
}

// fileBooks looks up each book of a file once. A book that the actor may not look into is, to him, not there.
type fileBooks struct {
	by    identity.Actor
	allow func(b ledger.Book) error
	found map[string]*fileBook
}

func newFileBooks(by identity.Actor, allow func(b ledger.Book) error) *fileBooks {
	return &fileBooks{by: by, allow: allow, found: map[string]*fileBook{}}
}

// find gives a book by its code. The error is for what failed; what the person is refused stands in the book.
func (f *fileBooks) find(tx *store.Tx, code string) (*fileBook, error) {
	if b := f.found[code]; b != nil {
		return b, nil
	}
	b := &fileBook{charts: map[int]*ledger.Chart{}}
	b.Book, b.err = ledger.SeeByCode(tx, f.by, code)
	if b.err == nil {
		b.err = f.allow(b.Book)
	}
	if b.err != nil && fault.As(b.err) == nil {
		return nil, b.err
	}
	f.found[code] = b
	return b, nil
}

// lineFault gives what is wrong with one line by itself. It asks the ledger's own check with a voucher of that line
// twice, dated where the book is open, so that no rule is written a second time.
func lineFault(chart *ledger.Chart, b ledger.Book, l ledger.Line) error {
	probe := ledger.Voucher{Book: b.ID, Date: b.OldestOpen().First(), Word: "记", Lines: []ledger.Line{l, l}}
	b.Today = max(b.Today, probe.Date)
	if inner, ok := probe.Check(chart, b).(*ledger.LineError); ok {
		return inner.Err
	}
	return nil
}
