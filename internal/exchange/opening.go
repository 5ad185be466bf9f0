package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// openingRows are the rows of one book.
type openingRows struct {
	id    string // of the document that they make
	book  *fileBook
	rows  []sheet.Row
	lines []ledger.Line
	seen  map[openingKey]int // row number
	sums  map[ledger.Half]money.Fen
	bad   bool
}

type openingKey struct {
	account string
	dims    ledger.Dims
}

// readOpening reads and checks the opening balances of one book or several.
func readOpening(tx *store.Tx, im *imported) (write, error) {
	maker, err := im.openingMaker()
	if err != nil {
		return nil, err
	}
	books := newFileBooks(im.by, func(b ledger.Book) error { return im.allowOpening(maker, b) })
	byBook := map[string]*openingRows{}
	for _, row := range im.table.Rows {
		if err := im.openingRow(tx, books, byBook, row); err != nil {
			return nil, err
		}
	}
	codes := slices.Sorted(maps.Keys(byBook))
	for _, code := range codes {
		if err := im.checkOpening(tx, byBook[code]); err != nil {
			return nil, err
		}
	}
	if len(im.result.Errors) > 0 {
		return nil, nil
	}
	file := document.NewID()
	return func(tx *store.Tx) error {
		first := byBook[codes[0]].book
		if err := im.record(tx, file, first.Unit, first.Path); err != nil {
			return err
		}
		for _, code := range codes {
			if err := im.writeOpening(tx, maker, byBook[code]); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (im *imported) openingRow(tx *store.Tx, books *fileBooks, byBook map[string]*openingRows, row sheet.Row) error {
	code := row.Get("book")
	if code == "" {
		code = im.options.Book
	}
	if code == "" {
		im.refuse(row, fault.New(fault.Invalid, "book-missing", "本行没有账套", "请填写账套编码,或导入时指明账套"), "book")
		return nil
	}
	o := byBook[code]
	if o == nil {
		b, err := books.find(tx, code)
		if err != nil {
			return err
		}
		o = &openingRows{id: document.NewID(), book: b, seen: map[openingKey]int{}, sums: map[ledger.Half]money.Fen{}}
		byBook[code] = o
	}
	if o.book.err != nil {
		im.note(row, o.book.err, "book")
		return nil
	}
	chart, err := o.book.chart(tx, o.book.Start.Year())
	if err != nil {
		return err
	}
	l := lineOf(row)
	if err := im.spendingUnit(tx, row, &l.Dims, &o.bad); err != nil {
		return err
	}
	amounts := true
	for column, amount := range map[string]*money.Fen{"debit": &l.Debit, "credit": &l.Credit} {
		if *amount, err = money.Parse(row.Get(column)); err != nil {
			amounts = false
			im.refuse(row, err, column)
		}
	}
	probe := l
	if probe.Summary = "期初"; !amounts || probe.Debit == 0 && probe.Credit == 0 {
		probe.Debit, probe.Credit = 1, 0 // an opening of zero is no mistake
	}
	if err := lineFault(chart, o.book.Book, probe); err != nil {
		amounts = false
		im.note(row, err, lineColumn(err, l))
	}
	if !amounts {
		o.bad = true
		return nil
	}
	im.keepOpening(o, chart, row, l)
	return nil
}

func (im *imported) keepOpening(o *openingRows, chart *ledger.Chart, row sheet.Row, l ledger.Line) {
	k := openingKey{l.Account, l.Dims}
	if before, twice := o.seen[k]; twice {
		o.bad = true
		im.refuse(row, fault.Newf(fault.Invalid, "opening-twice", "请合并成一行", "科目 %s 连同辅助核算与第 %d 行相同", l.Account, before), "account")
		return
	}
	o.seen[k] = row.Number
	o.rows, o.lines = append(o.rows, row), append(o.lines, l)
	if a, ok := chart.Account(l.Account); ok {
		o.sums[a.Half] += l.Debit - l.Credit
	}
}

// checkOpening checks what the rows of a book say together.
func (im *imported) checkOpening(tx *store.Tx, o *openingRows) error {
	if o.book.err != nil || o.bad {
		return nil
	}
	before := len(im.result.Errors)
	if p := im.options.Period; p != "" && p != o.book.Start {
		im.result.Errors.Add(0, "", fault.Newf(fault.Refused, "opening-period", "请填启用月份;以后年度的年初数由年终结转得到",
			"账套%s从 %s 启用,期初余额不能录在 %s", o.book.Name, o.book.Start.Chinese(), p.Chinese()))
	}
	for _, half := range []ledger.Half{ledger.Financial, ledger.Budgetary} {
		if fen := o.sums[half]; fen != 0 {
			im.result.Errors.Add(0, "", fault.Newf(fault.Refused, "opening-unbalanced", "请核对期初余额表",
				"账套%s的%s期初借方与贷方相差 %s 元", o.book.Name, half.Title(), fen.Abs()))
		}
	}
	if len(im.result.Errors) > before {
		return nil
	}
	now, err := openingOf(tx, o.book.Book)
	if err != nil {
		return err
	}
	if o.standing(now) {
		im.result.Errors.Add(0, "", fault.Newf(fault.Conflict, "import-repeated", "无需再次导入", "账套%s现有的期初余额与本文件相同,已经导入过", o.book.Name))
		return nil
	}
	im.result.Errors.Add(0, "", im.leavesOutBalances(o, now))
	return nil
}

// leavesOutBalances refuses balances of the book's opening that the file does not name.
func (im *imported) leavesOutBalances(o *openingRows, now []ledger.Line) error {
	var left []string
	for _, l := range now {
		if _, named := o.seen[openingKey{l.Account, l.Dims}]; named {
			continue
		}
		side, fen := "借", l.Debit
		if l.Credit != 0 {
			side, fen = "贷", l.Credit
		}
		d := l.Dims
		parts := slices.DeleteFunc([]string{"科目", l.Account, d.Function, d.Economic, d.Project, d.Fund, d.Party}, func(s string) bool { return s == "" })
		left = append(left, fmt.Sprintf("%s(%s %s 元)", strings.Join(parts, " "), side, fen))
	}
	return im.leavesOut("账套"+o.book.Name+"的期初余额", left)
}

// standing reports whether the book already opens with just these balances.
func (o *openingRows) standing(now []ledger.Line) bool {
	if len(now) == 0 {
		return false
	}
	wanted := map[openingKey]money.Fen{}
	for _, l := range o.lines {
		if fen := l.Debit - l.Credit; fen != 0 {
			wanted[openingKey{l.Account, l.Dims}] = fen
		}
	}
	for _, l := range now {
		if wanted[openingKey{l.Account, l.Dims}] != l.Debit-l.Credit {
			return false
		}
	}
	return len(now) == len(wanted)
}

// openingMaker gives who enters the openings: the person named for it, else who brings the file. A checker may be named
// beside him; else another person checks them later.
func (im *imported) openingMaker() (identity.Actor, error) {
	maker := im.by
	if im.options.Maker != nil {
		maker = *im.options.Maker
	}
	if c := im.options.Checker; c != nil && c.Person == maker.Person {
		return maker, fault.New(fault.Refused, "duty-clash", "制单人和审核人是同一人", "按制单与审核相分离,请由另一人审核")
	}
	return maker, nil
}

func (im *imported) allowOpening(maker identity.Actor, b ledger.Book) error {
	if err := maker.Require(b.Path, "录入账套"+b.Name+"的期初余额", ledger.OpeningKind.Step("enter").Roles...); err != nil {
		return err
	}
	if im.options.Checker == nil {
		return nil
	}
	if err := im.options.Checker.Require(b.Path, "审核期初余额", ledger.OpeningKind.Step("check").Roles...); err != nil {
		return personFault(err, *im.options.Checker)
	}
	return nil
}

func (im *imported) writeOpening(tx *store.Tx, maker identity.Actor, o *openingRows) error {
	now, err := openingOf(tx, o.book.Book)
	if err != nil {
		return err
	}
	doc, err := ledger.SetOpening(tx, maker, o.id, o.book.ID, o.book.Start, o.lines)
	if err == nil {
		err = im.leavesOutBalances(o, now) // somebody may have added to them since the file was checked
	}
	if err == nil && im.options.Checker != nil {
		_, err = ledger.CheckOpening(tx, *im.options.Checker, o.book.ID, doc.ID, doc.Version)
	}
	f := fault.As(err)
	if f == nil {
		return err
	}
	var line *ledger.LineError
	if !errors.As(err, &line) {
		return wholeBook(o.book.Book, f)
	}
	var p sheet.Problems
	p.Add(o.rows[line.Line-1].Number, im.head(f.Field), f)
	return p
}

// openingOf gives the balances with which a book starts, by account and dimensions.
func openingOf(tx *store.Tx, b ledger.Book) ([]ledger.Line, error) {
	moves, _, err := ledger.Balances(tx, b.County, []ledger.Book{b}, b.Start, b.Start)
	if err != nil {
		return nil, err
	}
	combinations, err := ledger.Combinations(tx, b.County)
	if err != nil {
		return nil, err
	}
	var lines []ledger.Line
	for id, m := range moves {
		l := ledger.Line{Account: combinations[id].Account, Dims: combinations[id].Dims, Summary: "期初余额"}
		if m.Opening > 0 {
			l.Debit = m.Opening
		} else if m.Opening < 0 {
			l.Credit = -m.Opening
		} else {
			continue
		}
		lines = append(lines, l)
	}
	slices.SortFunc(lines, byAccountAndDims)
	return lines, nil
}

func byAccountAndDims(a, b ledger.Line) int {
	return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Dims.Unit, b.Dims.Unit), cmp.Compare(a.Dims.Function, b.Dims.Function),
		cmp.Compare(a.Dims.Economic, b.Dims.Economic), cmp.Compare(a.Dims.Project, b.Dims.Project),
		cmp.Compare(a.Dims.Fund, b.Dims.Fund), cmp.Compare(a.Dims.Party, b.Dims.Party))
}
