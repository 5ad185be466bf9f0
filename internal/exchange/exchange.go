// Package exchange brings files into the ledger and gives its tables out again.
//
// A file is taken as a whole or not at all. Every bad row is named by its number in the file, its column in the words of
// the file's own head and a sentence with the way out. Parsing and checking happen on a snapshot, so that nobody waits
// behind them; one step of the writer then makes the whole file effective and checks again whatever may have changed.
// Therefore Import opens its transactions itself. Each file that took effect is a document with a leaf of its own; the
// same rows a second time, in whatever format, are recognised by what they say.
//
// What is given out has the columns that are taken in, so that one county's file loads in another.
package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/budget"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/workday"
)

// Kind is a kind of file, named as commands name it.
type Kind string

// The kinds of files.
const (
	Units    Kind = "units"
	Persons  Kind = "persons"
	Books    Kind = "books"
	Accounts Kind = "accounts"
	Opening  Kind = "opening"
	Vouchers Kind = "vouchers"
	Budget   Kind = "budget"
	Workdays Kind = "workdays"
	Roster   Kind = "roster"

	Appropriations Kind = "appropriations"
	Drafts         Kind = "drafts"
)

// exchange is what the package knows of a kind: its layout and the reading of its rows on a snapshot, which gives the
// step that writes them. export gives the rows of some books; kinds that are not byBook take the books only to see which
// ones the reader may see. tried kinds are small files whose rules only the writing functions of their domains know: a
// dry run takes the step and drops it. makers bring files of the kind in; what a row names is asked of it again.
type exchange struct {
	layout sheet.Layout
	read   func(tx *store.Tx, im *imported) (write, error)
	export func(tx *store.Tx, by identity.Actor, books []ledger.Book, emit emit) error
	makers []identity.Role
	tried  bool
	byBook bool // every row belongs to one book
}

// write makes a file effective. It may run more than once, so it touches nothing but tx and what it sets anew.
type write func(tx *store.Tx) error

// kinds is filled by init, because the functions look it up themselves.
var kinds map[Kind]exchange

func init() {
	administrator := []identity.Role{identity.SysAdmin}
	stepOf := func(k *document.Kind, step string) []identity.Role { return k.Step(step).Roles }
	kinds = map[Kind]exchange{
		Units:    {layout: unitLayout, read: readUnits, export: exportUnits, makers: administrator, tried: true},
		Persons:  {layout: personLayout, read: readPersons, export: exportPersons, makers: administrator, tried: true},
		Books:    {layout: bookLayout, read: readBooks, export: exportBooks, makers: bookMakers, tried: true},
		Accounts: {layout: accountLayout, read: readAccounts, export: exportAccounts, makers: bookAccounts, tried: true},
		Vouchers: {layout: voucherLayout, read: readVouchers, export: exportVouchers, makers: stepOf(ledger.VoucherKind, "enter"), byBook: true},
		Opening:  {layout: openingLayout, read: readOpening, export: exportOpening, makers: stepOf(ledger.OpeningKind, "enter"), byBook: true},
		Budget:   {layout: budgetLayout, read: readBudget, export: exportBudget, makers: stepOf(budget.ImportKind, "set"), byBook: true},
		Workdays: {layout: workdayLayout, read: readWorkdays, export: exportWorkdays, makers: workday.Keepers, tried: true},
		Roster:   {layout: rosterLayout, read: readRoster, export: exportRoster, makers: rosterImporters, tried: true},

		Appropriations: {layout: appropriationLayout, read: readAppropriations, export: exportAppropriations, makers: appropriation.Makers, tried: true},
		Drafts:         {layout: draftLayout, read: readDrafts, export: exportDrafts, makers: drafting.Balancers, tried: true},
	}
}

// Importers are who brings files of a kind in. What a file names is asked again, row by row.
func Importers(kind Kind) []identity.Role { return kinds[kind].makers }

// Kinds lists the kinds in the order in which a new county needs them.
func Kinds() []Kind {
	return []Kind{Units, Persons, Books, Accounts, Opening, Vouchers, Budget, Drafts, Appropriations, Workdays, Roster}
}

// Layout gives the columns of a kind.
func Layout(kind Kind) (sheet.Layout, error) {
	x, err := find(kind)
	return x.layout, err
}

// ByBook tells whether every row of a kind belongs to one book, so that ExportBook gives it.
func ByBook(kind Kind) bool { return kinds[kind].byBook }

func find(kind Kind) (exchange, error) {
	x, ok := kinds[kind]
	if !ok {
		names := make([]string, 0, len(kinds))
		for _, k := range Kinds() {
			names = append(names, string(k))
		}
		return exchange{}, fault.Newf(fault.Invalid, "exchange-kind", "可用:"+strings.Join(names, "、"), "没有名为「%s」的表", kind)
	}
	return x, nil
}

// Template writes the XLSX file to fill in.
func Template(w io.Writer, kind Kind) error {
	x, err := find(kind)
	if err != nil {
		return err
	}
	return sheet.Template(w, x.layout)
}

// Options say how a file is taken.
type Options struct {
	DryRun  bool            // check only
	Book    string          // code of the book of rows that name none
	Period  calendar.Period // of opening balances, empty: the book's first month; its year is that of a budget
	Replace bool            // what a file of openings or budget lines leaves out goes; else such a file is refused
	Post    bool            // post the vouchers; else they become drafts
	Maker   *identity.Actor // the two people who vouch for posted vouchers
	Checker *identity.Actor
	Keys    *identity.Keys // seal the identity numbers of persons
	Edition *ledger.NewEdition
}

// Result is what became of a file. Errors is never null in json.
type Result struct {
	Rows     int            `json:"rows"`     // rows with content under the head
	Accepted int            `json:"accepted"` // all rows, or none
	Errors   sheet.Problems `json:"errors"`
	Logins   []Login        `json:"logins,omitempty"` // made by a file of persons, with their one-time passwords
}

// Login is a login that a file of persons has made; the password is shown this once.
type Login struct {
	Name     string `json:"login"`
	Person   string `json:"name"`
	Password string `json:"password"`
}

// imported is a file on its way in.
type imported struct {
	ctx     context.Context
	by      identity.Actor
	kind    Kind
	name    string
	options Options
	table   *sheet.Table
	digest  string                          // SHA-256 of what the rows say
	prepare func(ctx context.Context) error // long work that no transaction should wait for, once the step was tried
	units   map[string]int64                // by code, once a row has named one
	result  Result
}

// refuse notes what is wrong with a cell; column is an English name of the layout or a field that faults name.
func (im *imported) refuse(row sheet.Row, err error, column string) {
	im.result.Errors.Add(row.Number, im.head(column), err)
}

// head gives the column as the file's own head writes it; empty where the whole row is meant.
func (im *imported) head(column string) string {
	i := slices.IndexFunc(kinds[im.kind].layout.Columns, func(c sheet.Column) bool { return c.Name == column })
	switch {
	case i < 0:
		return ""
	case im.table.Has(column):
		return im.table.Head(column)
	default:
		return kinds[im.kind].layout.Columns[i].Title
	}
}

// note notes a refusal in the column that the fault names, or in the one given.
func (im *imported) note(row sheet.Row, err error, column string) {
	if f := fault.As(err); f != nil && f.Field != "" {
		column = f.Field
	}
	im.refuse(row, err, column)
}

// Import takes one file. What is wrong with the file or the right to bring it in stands in the result; the error is
// for what failed though the file may be right.
func Import(ctx context.Context, db *store.DB, by identity.Actor, kind Kind, name string, r io.Reader, o Options) (Result, error) {
	im := &imported{ctx: ctx, by: by, kind: kind, name: name, options: o, result: Result{Errors: sheet.Problems{}}}
	err := im.take(db, r)
	if err != nil && !refusal(err) {
		return Result{Rows: im.result.Rows, Errors: sheet.Problems{}}, fmt.Errorf("exchange.Import %s %s: %w", kind, name, err)
	}
	if err != nil {
		im.result.Errors = append(im.result.Errors, sheet.ProblemsOf(err)...)
	}
	if len(im.result.Errors) > 0 {
		im.result.Accepted, im.result.Logins = 0, nil
		slices.SortStableFunc(im.result.Errors, func(a, b sheet.Problem) int { return a.Row - b.Row })
	}
	return im.result, nil
}

// refusal tells what a person can mend from what failed.
func refusal(err error) bool { return fault.As(err) != nil }

func (im *imported) take(db *store.DB, r io.Reader) error {
	x, err := find(im.kind)
	if err != nil {
		return err
	}
	if im.table, err = sheet.Read(im.name, r, x.layout); err != nil {
		return err
	}
	im.result.Rows = len(im.table.Rows)
	if im.result.Rows == 0 {
		return fault.New(fault.Invalid, "exchange-no-rows", "表头以下没有数据", "请在表头下逐行填写")
	}
	if im.digest, err = digest(im); err != nil {
		return err
	}
	var write write
	err = db.Read(im.ctx, func(tx *store.Tx) error {
		var err error
		write, err = x.read(tx, im)
		return err
	})
	if err != nil || len(im.result.Errors) > 0 {
		return err
	}
	if im.options.DryRun && !x.tried {
		im.result.Accepted = im.result.Rows
		return nil
	}
	if im.options.DryRun || im.prepare != nil {
		if err := im.tryOut(db, write); err != nil {
			return err
		}
	}
	if !im.options.DryRun {
		if err := im.carryOut(db, write); err != nil {
			return err
		}
	}
	im.result.Accepted = im.result.Rows
	return nil
}

// tryOut takes the step and drops it.
func (im *imported) tryOut(db *store.DB, write write) error {
	err := db.Write(im.ctx, func(tx *store.Tx) error {
		if err := write(tx); err != nil {
			return err
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}

// carryOut makes the file effective, after what must be prepared for it.
func (im *imported) carryOut(db *store.DB, write write) error {
	if im.prepare != nil {
		if err := im.prepare(im.ctx); err != nil {
			return err
		}
	}
	return db.Write(im.ctx, write)
}

// errDryRun drops a step that was only tried.
var errDryRun = errors.New("exchange: dry run")

// eachRow makes the step of a file whose rows are independent but for their order: it takes every row and refuses all
// that fail together. apply must fail before it writes.
func (im *imported) eachRow(tx *store.Tx, apply func(i int, row sheet.Row) (column string, err error)) error {
	var p sheet.Problems
	for i, row := range im.table.Rows {
		column, err := apply(i, row)
		f := fault.As(err)
		if err != nil && f == nil {
			return err
		}
		if f != nil && f.Field != "" {
			column = f.Field
		}
		p.Add(row.Number, im.head(column), err)
	}
	return p.Err()
}

// cells notes everything that is wrong with one row, so that it is mended at once.
type cells struct {
	im     *imported
	row    sheet.Row
	wrong  sheet.Problems
	failed error // what no person can mend
}

// right reports whether err is nil, and notes it against the column that it names, or the one given.
func (c *cells) right(column string, err error) bool {
	if err == nil {
		return true
	}
	f := fault.As(err)
	if f == nil {
		c.failed = err
		return false
	}
	if f.Field != "" && c.im.head(f.Field) != "" {
		column = f.Field
	}
	c.wrong.Add(c.row.Number, c.im.head(column), err)
	return false
}

// good reports whether nothing was noted so far.
func (c *cells) good() bool { return len(c.wrong) == 0 && c.failed == nil }

// eachCell is eachRow for rows that name every wrong cell; what the good rows of a bad file wrote is dropped with it.
func (im *imported) eachCell(apply func(i int, c *cells)) error {
	var all sheet.Problems
	for i, row := range im.table.Rows {
		c := &cells{im: im, row: row}
		apply(i, c)
		if c.failed != nil {
			return c.failed
		}
		all = append(all, c.wrong...)
	}
	return all.Err()
}

// Operator is the administrator of the machine, who brings files in by command and has no login: the leaves name
// person 0. He prepares; vouchers are posted for two named persons only.
func Operator(county int64) identity.Actor {
	a := identity.Actor{County: county, Name: "本机管理员"}
	for _, r := range []identity.Role{
		identity.Accountant, identity.CountyBudget, identity.CountyTreasury, identity.SysAdmin, identity.SecAdmin,
	} {
		a.Grants = append(a.Grants, identity.Grant{Role: r, Path: "/"})
	}
	return a
}
