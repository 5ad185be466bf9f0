package ledger

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// handingNote says why the budgetary half of a handing is not the one that its financial half proposes: balances move.
const handingNote = "单位变更移交余额"

// Handing is a pair of vouchers that hand the balances of an ended book over to the one that takes them.
type Handing struct {
	From, To int64  // books
	Out, In  string // ids of the two drafts, carried by the form
	Source   string // document of the change
}

// HandOver drafts both vouchers: in the ended book every balance is taken to zero on its last day, in the other the same
// balances are entered. They are drafts of the person who asks: submitted, checked and posted like any other. While
// vouchers of the ended book are under way, this pair among them, its balances are not what they will be, and it is
// refused. The same ids again are refused with an error for which document.IsTaken holds.
func HandOver(tx *store.Tx, by identity.Actor, h Handing) error {
	from, err := seeClaimed(tx, by, h.From)
	if err != nil {
		return err
	}
	to, err := see(tx, by, h.To, "")
	if err != nil {
		return err
	}
	if err := document.Untaken(tx, by.County, h.Out, VoucherKind); err != nil {
		return err
	}
	switch {
	case from.EndedOn == "":
		return fault.Newf(fault.Refused, "handing-not-ended", "只有因合并、拆分停用的账套才移交余额", "账套%s仍在使用", from.Name)
	case to.EndedOn != "" || to.ID == from.ID || to.Chart != from.Chart:
		return fault.Newf(fault.Invalid, "handing-to", "请选择接收单位在用的、同一科目体系的账套", "账套%s不能接收%s的余额", to.Name, from.Name).In("to")
	}
	under, err := underWay(tx, from, latest)
	if err != nil {
		return err
	}
	if under > 0 {
		return fault.Newf(fault.Refused, "handing-unposted", "请先审核并记账,或写明原因作废", "账套%s还有 %d 张未记账的凭证,余额还会变动", from.Name, under)
	}
	lines, err := standing(tx, from)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fault.Newf(fault.Refused, "handing-nothing", "请结清最后一个月的账即可", "账套%s已没有余额", from.Name)
	}
	reversed := make([]Line, len(lines))
	for i, l := range lines {
		l.Debit, l.Credit = l.Credit, l.Debit
		l.Summary = "余额移交至" + to.Name
		reversed[i] = l
		lines[i].Summary = "接收" + from.Name + "余额"
	}
	day := max(from.EndedOn, to.OldestOpen().First())
	for _, d := range []DraftVoucher{
		{Document: h.Out, Book: from.ID, Date: string(from.EndedOn), Lines: Typed(reversed), Source: h.Source, Note: handingNote},
		{Document: h.In, Book: to.ID, Date: string(day), Lines: Typed(lines), Source: h.Source, Note: handingNote},
	} {
		if _, err := SaveDraft(tx, by, d, 0); err != nil {
			return err
		}
	}
	return nil
}

// standing gives the balances of a book at its last day as lines, on the side where they stand.
func standing(tx *store.Tx, b Book) ([]Line, error) {
	year := b.EndedOn.Period()
	moves, _, err := Balances(tx, b.County, []Book{b}, calendar.PeriodOf(year.Year(), 1), year)
	if err != nil {
		return nil, err
	}
	known, err := Combinations(tx, b.County)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, id := range sortedIDs(moves) {
		balance := moves[id].Balance()
		if balance == 0 {
			continue
		}
		c := known[id]
		l := Line{Account: c.Account, Dims: c.Dims}
		if l.Debit = max(balance, 0); balance < 0 {
			l.Credit = -balance
		}
		lines = append(lines, l)
	}
	slices.SortStableFunc(lines, func(x, y Line) int { return strings.Compare(x.Account, y.Account) })
	return lines, nil
}

// Standing adds up what stands in a book at its last day: the debit balances, which equal the credit ones.
func Standing(tx *store.Tx, b Book) (money.Fen, int, error) {
	lines, err := standing(tx, b)
	if err != nil {
		return 0, 0, err
	}
	var total money.Fen
	for _, l := range lines {
		total += l.Debit
	}
	return total, len(lines), nil
}

// checkHanded proves that an ended book stands at zero: what it still holds would lie in a book that nobody opens again.
func checkHanded(tx *store.Tx, b Book, p calendar.Period) (CloseCheck, error) {
	c := CloseCheck{Name: "handed", Title: "余额移交", Rule: "因合并、拆分停用的账套,余额移交后结账", State: Passed, Detail: "余额已全部移交"}
	lines, err := standing(tx, b)
	if err != nil || len(lines) == 0 {
		return c, err
	}
	open := map[string]money.Fen{}
	for _, l := range lines {
		open[l.Account] += l.Debit - l.Credit
	}
	if c.Rows, err = accountRows(tx, b, p.Year(), open); err != nil {
		return c, err
	}
	c.State, c.Fix = Failed, "请从首页待办的「移交」办理,审核并记账"
	c.Detail = fmt.Sprintf("还有 %d 个科目未移交", len(open))
	c.alone = fmt.Sprintf("%s,如 %s 余额 %s 元", c.Detail, c.Rows[0].Account, c.Rows[0].Amount)
	return c, nil
}
