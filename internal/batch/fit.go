package batch

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
)

// Fit turns the lines of a voucher of one book into those for another: each account by mapped where the charts differ,
// or by the account above it where the other book has no such detail; budgetary lines are left out where the other chart
// has no such half, and proposed where only it has; dimensions that an account does not take are dropped. changes names
// every adjustment, for the person to read beforehand; what could not be fitted stays, for the ledger to refuse. An
// account of another chart for which mapped has none is refused here, all of them at once.
func Fit(from, to *ledger.Chart, b ledger.Book, lines []ledger.DraftLine, mapped map[string]string) (out []ledger.DraftLine, changes []string, err error) {
	f := fitting{from: from, to: to, book: b, mapped: mapped}
	for _, l := range lines {
		if l == (ledger.DraftLine{Half: l.Half, Unit: l.Unit}) {
			continue
		}
		f.line(l)
	}
	if len(f.without) > 0 {
		return nil, nil, fault.Newf(fault.Invalid, "account-unmapped", "请填写各科目的对应科目,或不勾选这套账",
			"录入账套%s,科目 %s 没有指定对应的科目", b.Name, strings.Join(f.without, "、"))
	}
	if f.left > 0 {
		f.say("略去 %d 行预算会计分录:本账套没有预算会计", f.left)
	}
	if to.TwoHalves() && !from.TwoHalves() {
		f.propose()
	}
	return f.out, f.changes, nil
}

type fitting struct {
	from, to *ledger.Chart
	book     ledger.Book
	mapped   map[string]string
	out      []ledger.DraftLine
	changes  []string
	left     int      // budgetary lines without a place
	without  []string // accounts for which none was named
}

// say names an adjustment, once.
func (f *fitting) say(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(f.changes, text) {
		f.changes = append(f.changes, text)
	}
}

func (f *fitting) line(l ledger.DraftLine) {
	source, known := f.from.Account(l.Account)
	if known && source.Half == ledger.Budgetary && !f.to.TwoHalves() {
		f.left++
		return
	}
	l.Account = f.account(l.Account)
	target, ok := f.to.Account(l.Account)
	if l.Unit != 0 {
		f.say("不带支出单位")
		l.Unit = 0
	}
	if ok {
		l.Half = target.Half
		f.dimensions(&l, target)
	}
	f.out = append(f.out, l)
}

// account finds the account that stands for one of the source: mapped, the same, or the nearest above it.
func (f *fitting) account(code string) string {
	name := f.named(f.from, code)
	if f.from.Name != f.to.Name {
		to := f.mapped[code]
		if _, known := f.from.Account(code); to == "" || !known {
			if known && !slices.Contains(f.without, name) {
				f.without = append(f.without, name)
			}
			return code // that is none in its own book either, the ledger refuses
		}
		f.say("科目 %s 改为 %s", name, f.named(f.to, to))
		return to
	}
	for at := code; ; {
		if _, err := f.to.Postable(f.book, at); err == nil {
			if at != code {
				f.say("没有科目 %s,改为 %s", name, f.named(f.to, at))
			}
			return at
		}
		a, ok := f.from.Account(at)
		if !ok || a.Parent == "" {
			return code // the ledger says why it cannot be used
		}
		at = a.Parent
	}
}

func (f *fitting) named(c *ledger.Chart, code string) string {
	if a, ok := c.Account(code); ok {
		return a.Code + " " + a.Name
	}
	return code
}

// dimensions drops what the account does not take.
func (f *fitting) dimensions(l *ledger.DraftLine, a *ledger.Account) {
	for _, d := range []struct {
		dimension ledger.Dimension
		value     *string
	}{
		{ledger.Function, &l.Function}, {ledger.Economic, &l.Economic}, {ledger.Project, &l.Project}, {ledger.Fund, &l.Fund}, {ledger.Party, &l.Party},
	} {
		takes := slices.ContainsFunc(a.Requires, func(r ledger.Requirement) bool { return r.Dimension == d.dimension })
		if *d.value != "" && !takes {
			f.say("科目 %s %s 不设%s核算,略去「%s」", a.Code, a.Name, d.dimension.Title(), *d.value)
			*d.value = ""
		}
	}
}

// propose adds the budgetary half where the source had none.
func (f *fitting) propose() {
	v, err := ledger.DraftVoucher{Date: "2000-01-01", Lines: f.out}.Voucher()
	if err != nil {
		return // an amount that cannot be read: the ledger says so
	}
	lines := ledger.Propose(f.to, f.book, v.Lines)
	if len(lines) == 0 {
		return
	}
	f.say("按财务会计分录生成 %d 行预算会计分录", len(lines))
	for _, l := range ledger.Typed(lines) {
		l.Half = ledger.Budgetary
		f.out = append(f.out, l)
	}
}

// Suggest gives the account of another chart that has the same name, its first-level account's name, or nothing.
func Suggest(from, to *ledger.Chart, b ledger.Book, code string) string {
	for at, ok := from.Account(code); ok; at, ok = from.Account(at.Parent) {
		for _, a := range to.Accounts() {
			if _, err := to.Postable(b, a.Code); err == nil && strings.EqualFold(a.Name, at.Name) {
				return a.Code
			}
		}
	}
	return ""
}
