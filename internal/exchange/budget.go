package exchange

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// budgetRows are the rows of one book and year, which are set as a whole.
type budgetRows struct {
	id    string // of the document that they make
	book  *fileBook
	year  int
	rows  []sheet.Row
	lines []budget.Line
	bad   bool
}

type budgetKey struct {
	book string
	year int
}

func readBudget(tx *store.Tx, im *imported) (write, error) {
	today, err := org.Today(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	year := today.Year()
	if im.options.Period != "" {
		year = im.options.Period.Year()
	}
	books := newFileBooks(im.by, func(b ledger.Book) error {
		return im.by.Require(b.Path, "登记账套"+b.Name+"的预算数", budget.ImportKind.Step("set").Roles...)
	})
	byKey := map[budgetKey]*budgetRows{}
	var order []*budgetRows
	for _, row := range im.table.Rows {
		k, err := im.budgetKey(row, year)
		if err != nil {
			im.note(row, err, "book")
			continue
		}
		o := byKey[k]
		if o == nil {
			b, err := books.find(tx, k.book)
			if err != nil {
				return nil, err
			}
			o = &budgetRows{id: document.NewID(), book: b, year: k.year}
			byKey[k] = o
			order = append(order, o)
		}
		im.budgetRow(o, row)
	}
	for _, o := range order {
		if err := im.checkBudget(tx, o); err != nil {
			return nil, err
		}
	}
	if len(im.result.Errors) > 0 {
		return nil, nil
	}
	file := document.NewID()
	return func(tx *store.Tx) error {
		if err := im.record(tx, file, order[0].book.Unit, order[0].book.Path); err != nil {
			return err
		}
		for _, o := range order {
			if err := im.writeBudget(tx, o); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (im *imported) budgetKey(row sheet.Row, year int) (budgetKey, error) {
	k := budgetKey{cmp.Or(row.Get("book"), im.options.Book), year}
	if k.book == "" {
		return k, fault.New(fault.Invalid, "book-missing", "本行没有账套", "请填写账套编码").In("book")
	}
	var err error
	if text := row.Get("year"); text != "" {
		if k.year, err = parseYear(text); err != nil {
			return k, fault.As(err).In("year")
		}
	}
	return k, nil
}

func (im *imported) budgetRow(o *budgetRows, row sheet.Row) {
	if o.book.err != nil {
		im.note(row, o.book.err, "book")
		return
	}
	l := budget.Line{Account: row.Get("account"), Function: row.Get("function")}
	var err error
	if l.Budget, err = money.Parse(row.Get("budget")); err != nil {
		o.bad = true
		im.refuse(row, err, "budget")
	}
	l.Adjusted = l.Budget
	if text := row.Get("adjusted"); text != "" {
		if l.Adjusted, err = money.Parse(text); err != nil {
			o.bad = true
			im.refuse(row, err, "adjusted")
		}
	}
	o.rows, o.lines = append(o.rows, row), append(o.lines, l)
}

// checkBudget names every line that the book cannot take, and a file that says what stands already.
func (im *imported) checkBudget(tx *store.Tx, o *budgetRows) error {
	if o.book.err != nil {
		return nil
	}
	bad, err := budget.Check(tx, o.book.Book, o.year, o.lines)
	if refusal(err) {
		for _, row := range o.rows {
			im.note(row, err, "book")
		}
		return nil
	}
	if err != nil {
		return err
	}
	for _, l := range bad {
		im.note(o.rows[l.Line-1], l.Err, "account")
	}
	if o.bad || len(bad) > 0 {
		return nil
	}
	standing, err := budget.List(tx, o.book.Book, o.year)
	if err != nil {
		return err
	}
	wanted := slices.Clone(o.lines)
	slices.SortFunc(wanted, func(a, b budget.Line) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Function, b.Function))
	})
	if slices.Equal(standing, wanted) {
		im.result.Errors.Add(0, "", fault.Newf(fault.Conflict, "import-repeated", "无需再次导入",
			"账套%s %d 年现有的预算数与本文件相同,已经导入过", o.book.Name, o.year))
		return nil
	}
	im.result.Errors.Add(0, "", im.leavesOutLines(o, standing))
	return nil
}

// leavesOutLines refuses lines of the book's year that the file does not name.
func (im *imported) leavesOutLines(o *budgetRows, standing []budget.Line) error {
	var left []string
	for _, l := range standing {
		if slices.ContainsFunc(o.lines, func(x budget.Line) bool { return x.Account == l.Account && x.Function == l.Function }) {
			continue
		}
		left = append(left, strings.TrimSpace(fmt.Sprintf("科目 %s %s", l.Account, l.Function))+fmt.Sprintf("(%s 元)", l.Budget))
	}
	return im.leavesOut(fmt.Sprintf("账套%s %d 年的预算数", o.book.Name, o.year), left)
}

func (im *imported) writeBudget(tx *store.Tx, o *budgetRows) error {
	standing, err := budget.List(tx, o.book.Book, o.year)
	if err == nil {
		err = im.leavesOutLines(o, standing) // somebody may have added to them since the file was checked
	}
	if err != nil {
		return err
	}
	_, err = budget.Set(tx, im.by, o.id, o.book.ID, o.year, o.lines)
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

// exportBudget gives the lines of every year of the general budget books.
func exportBudget(tx *store.Tx, _ identity.Actor, books []ledger.Book, emit emit) error {
	for _, b := range books {
		if b.Chart != ledger.GeneralBudget {
			continue
		}
		for year := b.Start.Year() - 1; year <= b.Today.Year()+1; year++ {
			lines, err := budget.List(tx, b, year)
			if err != nil {
				return err
			}
			for _, l := range lines {
				err := emit(sheet.Text(b.Code), sheet.Text(l.Account), sheet.Text(l.Function), sheet.Amount(l.Budget), sheet.Amount(l.Adjusted),
					sheet.Integer(int64(year)))
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}
