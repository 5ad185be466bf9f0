package ledger

import (
	"fmt"
	"iter"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/text"
)

// Check refuses a voucher that breaks a rule of its chart or its book; it reads no database. b tells which months are
// open.
func (v Voucher) Check(c *Chart, b Book) error { return first(v.faults(c, b)) }

// Problems gives everything that is wrong with a voucher as it was typed, the head first, then line by line, then the
// halves' balance, so that a person can mend it in one go. Where it is empty, Check finds nothing either.
func (d DraftVoucher) Problems(c *Chart, b Book) []error {
	var out []error
	v, err := d.head()
	if err == nil {
		v.Lines = make([]Line, len(d.Lines))
		for err := range v.headFaults(b) {
			out = append(out, err)
		}
	} else {
		out = append(out, inField(err, "date"))
	}
	readable := true
	v.Lines = v.Lines[:0]
	for i, typed := range d.Lines {
		if typed.blank() {
			continue
		}
		l, unread := typed.read()
		readable = readable && len(unread) == 0
		v.Lines = append(v.Lines, l)
		for _, err := range unread {
			out = append(out, &LineError{i + 1, err})
		}
		for err := range v.lineFaults(c, b, l) {
			if len(unread) == 0 || !isAmount(err) {
				out = append(out, &LineError{i + 1, err})
			}
		}
	}
	if readable {
		for err := range v.balanceFaults(c) {
			out = append(out, err)
		}
	}
	return out
}

func isAmount(err error) bool { return fault.As(err).Field == "debit" }

// first gives the first of some faults, nil where there are none.
func first(faults iter.Seq[error]) error {
	for err := range faults {
		return err
	}
	return nil
}

func (v Voucher) faults(c *Chart, b Book) iter.Seq[error] {
	return func(yield func(error) bool) {
		for err := range v.headFaults(b) {
			if !yield(err) {
				return
			}
		}
		if err := v.checkKind(); err != nil && !yield(err) {
			return
		}
		for i, l := range v.Lines {
			for err := range v.lineFaults(c, b, l) {
				if !yield(&LineError{i + 1, err}) {
					return
				}
			}
		}
		for err := range v.balanceFaults(c) {
			if !yield(err) {
				return
			}
		}
	}
}

func (v Voucher) headFaults(b Book) iter.Seq[error] {
	return func(yield func(error) bool) {
		if err := v.checkDate(b); err != nil && !yield(err) {
			return
		}
		if (v.Word == "" || len([]rune(v.Word)) > 4 || strings.ContainsAny(v.Word, "|/ ")) &&
			!yield(fault.Newf(fault.Invalid, "voucher-word", "常用:记、收、付、转", "凭证字「%s」不合规则", v.Word).In("word")) {
			return
		}
		if (v.Attachments < 0 || v.Attachments > 9999) &&
			!yield(fault.Newf(fault.Invalid, "voucher-attachments", "请填 0 到 9999", "附件数 %d 不合规则", v.Attachments).In("attachments")) {
			return
		}
		if err := v.checkCount(); err != nil && !yield(err) {
			return
		}
		if err := text.Check("note", "说明", v.Note, noteMost); err != nil {
			yield(err)
		}
	}
}

func (v Voucher) checkCount() error {
	switch {
	case len(v.Lines) < 2:
		return fault.Newf(fault.Invalid, "voucher-too-short", "请补齐借贷双方", "凭证至少两行,现有 %d 行", len(v.Lines))
	case len(v.Lines) > LinesMost:
		return fault.Newf(fault.Invalid, "voucher-too-long", "请分成几张凭证", "凭证有 %d 行,超过 %d 行", len(v.Lines), LinesMost)
	}
	return nil
}

func (v Voucher) checkDate(b Book) error {
	if err := b.checkEnd(v.Date); err != nil {
		return err
	}
	period := v.Date.Period()
	switch {
	case period < b.Start:
		return fault.Newf(fault.Refused, "month-before-start", "请把日期改到启用月份之后,或录入期初余额",
			"账套%s从 %s 启用,凭证日期为 %s", b.Name, b.Start.Chinese(), v.Date).In("date")
	case period <= b.ClosedThrough:
		return fault.Newf(fault.Refused, "month-closed", fmt.Sprintf("请记入 %s 或以后的月份;确需改动已结月份,请申请反结账", b.OldestOpen().Chinese()),
			"%s 已结账,不能再记入日期为 %s 的凭证", period.Chinese(), v.Date).In("date")
	case v.Date > b.Today.Period().Last():
		return fault.Newf(fault.Refused, "month-future", "请核对日期", "今天是 %s,不能记入 %s 的凭证", b.Today, period.Chinese()).In("date")
	}
	return nil
}

// checkKind keeps closing vouchers in December: statements of the months before read income and expense without them.
func (v Voucher) checkKind() error {
	switch v.Kind {
	case "", Ordinary:
		return nil
	case Closing:
		if v.Date.Period().Month() == 12 {
			return nil
		}
		return fault.Newf(fault.Refused, "closing-month", "请改为普通凭证,或把日期改到 12 月",
			"结转凭证只用于年终结转,日期须在 12 月,本凭证为 %s", v.Date).In("kind")
	default:
		return fault.Newf(fault.Invalid, "voucher-kind", "请填「普通」或「结转」", "没有凭证类型「%s」", v.Kind).In("kind")
	}
}

func (v Voucher) lineFaults(c *Chart, b Book, l Line) iter.Seq[error] {
	return func(yield func(error) bool) {
		a, err := v.lineAccount(c, b, l)
		if err != nil && !yield(err) {
			return
		}
		hint := fmt.Sprintf("请写 1 到 %d 字", summaryMost)
		switch n := len([]rune(l.Summary)); {
		case n == 0 && !yield(fault.New(fault.Invalid, "summary-length", "没有写摘要", hint).In("summary")):
			return
		case n > summaryMost && !yield(fault.Newf(fault.Invalid, "summary-length", hint, "摘要有 %d 字", n).In("summary")):
			return
		}
		for _, t := range []struct{ field, title, value string }{
			{"summary", "摘要", l.Summary}, {"project", "项目", l.Dims.Project}, {"party", "往来对象", l.Dims.Party},
		} {
			if err := text.Check(t.field, t.title, t.value, cellMost); err != nil && !yield(err) {
				return
			}
		}
		if err := l.checkAmount(); err != nil && !yield(err) {
			return
		}
		if a == nil {
			return // which dimensions it takes is not known
		}
		for err := range c.dimFaults(a, l.Dims) {
			if !yield(err) {
				return
			}
		}
	}
}

// lineAccount gives the account of a line, nil where its dimensions cannot be judged, and what is wrong with it.
func (v Voucher) lineAccount(c *Chart, b Book, l Line) (*Account, error) {
	a, err := c.Postable(b, l.Account)
	if err != nil {
		return nil, err
	}
	if v.Kind == Closing && !carried(b, a.Code) && !carryTarget(b.Chart, a.Code) {
		return a, fault.Newf(fault.Refused, "closing-account", "请改为普通凭证,或改选年终结转的科目",
			"科目 %s %s 年终不结转,不能记入结转凭证", a.Code, a.Name).In("account")
	}
	if l.Half != "" && l.Half != a.Half {
		return nil, fault.Newf(fault.Refused, "account-other-half", "请填到"+a.Half.Title()+"分录,或改选"+l.Half.Title()+"科目",
			"科目 %s %s 属于%s,不能填在%s分录中", a.Code, a.Name, a.Half.Title(), l.Half.Title()).In("account")
	}
	return a, nil
}

func (l Line) checkAmount() error {
	switch {
	case l.Debit != 0 && l.Credit != 0:
		return fault.Newf(fault.Invalid, "line-both-sides", "请分成两行", "一行不能同时填借方 %s 元和贷方 %s 元", l.Debit, l.Credit).In("debit")
	case l.Debit == 0 && l.Credit == 0:
		return fault.New(fault.Invalid, "line-no-amount", "本行没有金额", "请填借方或贷方金额,或删去本行").In("debit")
	case l.Debit.Abs() > money.Max || l.Credit.Abs() > money.Max:
		return fault.Newf(fault.Invalid, "amount-too-large", "请核对单位是否误作分或万元", "金额超过单笔上限 %s 元", money.Max).In("debit")
	}
	return nil
}

// balanceFaults refuses a voucher of which a half does not balance by itself.
func (v Voucher) balanceFaults(c *Chart) iter.Seq[error] {
	return func(yield func(error) bool) {
		for _, half := range []Half{Financial, Budgetary} {
			debit, credit := v.Total(c, half)
			if debit == credit {
				continue
			}
			more := "借方"
			if credit > debit {
				more = "贷方"
			}
			where := "凭证"
			if c.TwoHalves() {
				where = half.Title() + "分录"
			}
			if !yield(fault.Newf(fault.Refused, "voucher-unbalanced", "请核对金额,借贷相等后再提交", "%s借方合计 %s 元,贷方合计 %s 元,%s多 %s 元",
				where, debit, credit, more, (debit - credit).Abs()).In("debit")) {
				return
			}
		}
	}
}
