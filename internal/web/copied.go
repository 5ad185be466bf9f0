package web

import (
	"cmp"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// copied tells from where a form was filled, and which accounts the form's book does not have.
type copied struct {
	from    string
	missing []string
}

// lastCopied asks for the voucher that was written last.
const lastCopied = "last"

// copyMonths is how far back the last voucher is looked for.
const copyMonths = 12

// copyInto fills a form with the lines of a voucher that the person may look into, of this book or of another.
func (c *call) copyInto(tx *store.Tx, t *typing, from string) (*copied, error) {
	if from == lastCopied {
		id, err := lastVoucher(tx, c.actor, t.book)
		if err != nil {
			return nil, err
		}
		if id == "" {
			return nil, fault.Newf(fault.NotFound, "copy-nothing", "请录入第一张凭证", "账套%s近 %d 个月没有可复制的凭证", t.book.Name, copyMonths)
		}
		from = id
	}
	v, err := c.voucher(tx, from)
	if err != nil {
		return nil, err
	}
	t.draft.Source = v.id
	t.draft.Lines, t.draft.Note, t.draft.Word = slices.Clone(v.typed()), v.draft.Note, v.draft.Word
	x := &copied{from: v.draft.Period().Chinese() + " " + v.label()}
	if v.book.ID == t.book.ID {
		return x, nil
	}
	x.from = v.book.Name + " " + x.from
	there, err := ledger.ChartOf(tx, v.book, v.draft.Period().Year())
	if err != nil {
		return nil, err
	}
	for i := range t.draft.Lines {
		l := &t.draft.Lines[i]
		l.Unit = 0
		if code, ok := sameAccount(there, t.chart, l.Account); ok {
			l.Account = code
			continue
		}
		text := accountText(there, l.Account)
		l.Account = absent + text
		if !slices.Contains(x.missing, text) {
			x.missing = append(x.missing, text)
		}
	}
	t.marks = t.marked(t.draft.Problems(t.chart, t.book))
	return x, nil
}

// absent stands before an account of another book that this one does not have, so that its code names no account here.
const absent = "无此科目:"

// sameAccount finds an account of another chart that is the same here: by code where the full name agrees, else by the
// full name alone.
func sameAccount(there, here *ledger.Chart, code string) (string, bool) {
	a, ok := there.Account(code)
	if !ok {
		return "", false
	}
	if b, ok := here.Account(code); ok && b.FullName == a.FullName {
		return code, true
	}
	found := ""
	for _, b := range here.Accounts() {
		if b.Leaf && b.FullName == a.FullName {
			if found != "" {
				return "", false
			}
			found = b.Code
		}
	}
	return found, found != ""
}

// tell says on the form what was copied; a nil copied says nothing.
func (x *copied) tell(p *voucherForm) {
	switch {
	case x == nil:
	case len(x.missing) > 0:
		p.Say = &say{Message: "已复制 " + x.from + ",但本账套没有以下科目:" + strings.Join(x.missing, "、"), Hint: "请在标出的行改选科目"}
	default:
		p.Done = "已复制 " + x.from + ",请核对日期、摘要和金额。"
	}
}

// lastVoucher gives the document of the voucher that the person entered last in a book; where he entered none, anybody's.
func lastVoucher(tx *store.Tx, by identity.Actor, b ledger.Book) (string, error) {
	rows, err := pickRows(tx, by, b, "")
	if err != nil {
		return "", err
	}
	for month := b.Today.Period(); len(rows) == 0 && month > b.Start && month > back(b.Today.Period(), copyMonths); {
		month = month.Prev()
		if rows, err = pickRows(tx, by, b, month); err != nil {
			return "", err
		}
	}
	newest := func(rows []pickRow) string {
		last := ""
		for _, r := range rows {
			last = max(last, r.Document) // ids grow with time
		}
		return last
	}
	own := newest(slices.DeleteFunc(slices.Clone(rows), func(r pickRow) bool { return r.maker != by.Person }))
	return cmp.Or(own, newest(rows)), nil
}

func back(p calendar.Period, months int) calendar.Period {
	for range months {
		p = p.Prev()
	}
	return p
}
