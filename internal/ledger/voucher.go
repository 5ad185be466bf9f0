package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/trail"
)

// EntryKind tells ordinary entries from those that carry income and expense over at a year's end.
type EntryKind string

// The kinds of vouchers and balances.
const (
	Ordinary EntryKind = "ordinary"
	Closing  EntryKind = "closing"
)

// Title is the kind as files and pages name it.
func (k EntryKind) Title() string {
	if k == Closing {
		return "结转"
	}
	return "普通"
}

// Line is one line of a voucher. Exactly one of Debit and Credit is not zero; a red-letter line is negative.
type Line struct {
	Half    Half // the half that a form put it into; empty, as in posted lines: by its account
	Account string
	Dims    Dims
	Summary string
	Debit   money.Fen
	Credit  money.Fen
}

// Voucher is what an accountant writes.
type Voucher struct {
	Book        int64
	Date        calendar.Date
	Word        string // 记, 收, 付, 转
	Number      int64  // 0: the next one; an imported number must be the next one
	Kind        EntryKind
	Attachments int64 // sheets of paper
	Lines       []Line
	Reverses    *Number // the voucher that this one takes back
	Source      string  // document that made it; empty: made by hand
	Chain       string  // document whose chain it joins, so that duties on that one bind its maker and checker; may be empty
	Note        string  // why the proposed budgetary half was changed, or the original of a twin taken back
	Import      *Import // the file that it came in; nil: entered by its maker
}

// Import says by whom a voucher was brought in, where its maker and its checker need not have been there.
type Import struct {
	File   string // document of the file
	Person int64  // 0: the operator of the machine
}

// Number is a voucher's place in its book: month, word, number.
type Number struct {
	Period calendar.Period
	Word   string
	Number int64
}

// String is the stored form, 2026-10|记|12.
func (n Number) String() string { return fmt.Sprintf("%s|%s|%d", n.Period, n.Word, n.Number) }

// Label is what people see: 记-0012.
func (n Number) Label() string { return fmt.Sprintf("%s-%04d", n.Word, n.Number) }

// ParseNumber reads the stored form.
func ParseNumber(s string) (Number, error) {
	parts := strings.Split(s, "|")
	if len(parts) == 3 {
		if n, err := strconv.ParseInt(parts[2], 10, 64); err == nil && n > 0 {
			if p, err := calendar.ParsePeriod(parts[0]); err == nil {
				return Number{p, parts[1], n}, nil
			}
		}
	}
	return Number{}, fault.Newf(fault.Invalid, "voucher-number", "写法如 2026-10|记|12", "凭证号「%s」写法不对", s)
}

// Ref is a voucher's place in a county: book and number; the business number of its document.
func Ref(book int64, n Number) string { return fmt.Sprintf("%d|%s", book, n) }

// ParseRef reads what Ref wrote.
func ParseRef(s string) (book int64, n Number, err error) {
	id, rest, _ := strings.Cut(s, "|")
	if book, err = strconv.ParseInt(id, 10, 64); err != nil {
		return 0, n, fault.Newf(fault.Invalid, "voucher-number", "请从列表中打开", "凭证「%s」写法不对", s)
	}
	n, err = ParseNumber(rest)
	return book, n, err
}

// Summary gives the first line's summary, under which lists show the voucher.
func (v Voucher) Summary() string {
	for _, l := range v.Lines {
		if l.Summary != "" {
			return l.Summary
		}
	}
	return ""
}

// Total gives the debit total of a half.
func (v Voucher) Total(c *Chart, half Half) (debit, credit money.Fen) {
	for _, l := range v.Lines {
		if a, ok := c.Account(l.Account); ok && a.Half == half {
			debit += l.Debit
			credit += l.Credit
		}
	}
	return debit, credit
}

// LinesMost is how many lines one voucher may have.
const LinesMost = 500

const summaryMost = 120 // characters

// LineError is what is wrong with one line of a voucher, 1-based.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("第 %d 行:%v", e.Line, e.Err) }

// Unwrap gives the fault itself.
func (e *LineError) Unwrap() error { return e.Err }

// Postable finds an account that takes entries in the book, or says why it takes none.
func (c *Chart) Postable(b Book, code string) (*Account, error) {
	a, ok := c.accounts[code]
	if !ok {
		return nil, c.accountUnknown(b, code)
	}
	if !a.Leaf {
		return nil, c.notLeaf(b, a)
	}
	if !a.applies(b.Regime) {
		return nil, fault.Newf(fault.Refused, "account-other-regime", "请选择本单位适用的科目", "科目 %s %s 只适用于%s,账套%s不能使用",
			a.Code, a.Name, Regime(a.AppliesTo).Title(), b.Name).In("account")
	}
	if a.ToYear != 0 && c.Year > a.ToYear {
		return nil, fault.Newf(fault.Refused, "account-ended", "请选择仍在使用的科目", "科目 %s %s 自 %d 年起停用", a.Code, a.Name, a.ToYear+1).In("account")
	}
	return a, nil
}

func (a *Account) applies(r Regime) bool {
	switch a.AppliesTo {
	case "administrative":
		return r == Administrative
	case "institution":
		return r == Institution
	default:
		return true
	}
}

// rows gives the canonical rows of a posted voucher, whose SHA-256 its leaf holds.
func (p Posted) rows() []byte {
	o := trail.NewObject()
	o.Int("attachments", p.Attachments).Int("book", p.Book).Int("checker", p.Checker).Text("date", string(p.Date))
	o.Objects("entries", len(p.Lines), func(i int, e *trail.Object) {
		l := p.Lines[i]
		e.Text("account", l.Account).Int("credit", int64(l.Credit)).Int("debit", int64(l.Debit))
		for _, d := range []struct{ key, value string }{
			{"economic", l.Dims.Economic}, {"function", l.Dims.Function}, {"fund", l.Dims.Fund}, {"party", l.Dims.Party}, {"project", l.Dims.Project},
		} {
			if d.value != "" {
				e.Text(d.key, d.value)
			}
		}
		e.Text("summary", l.Summary)
		if l.Dims.Unit != 0 {
			e.Int("unit", l.Dims.Unit)
		}
	})
	o.Text("kind", string(p.Kind)).Int("maker", p.Maker).Text("note", p.Note).Int("number", p.Number.Number).
		Text("period", string(p.Number.Period)).Int("poster", p.Poster).Text("reverses", p.reversesText()).
		Text("source", p.Source).Text("word", p.Number.Word)
	return o.Bytes()
}

// Posted is a voucher as the ledger keeps it.
type Posted struct {
	Document    string
	Book        int64
	Number      Number
	Date        calendar.Date
	Kind        EntryKind
	Attachments int64
	Lines       []Line
	Reverses    *Number
	ReversedBy  *Number // derived
	Source      string
	Note        string
	Maker       int64
	Checker     int64
	Poster      int64
	PostedAt    string
}

func (p Posted) reversesText() string {
	if p.Reverses == nil {
		return ""
	}
	return p.Reverses.String()
}
