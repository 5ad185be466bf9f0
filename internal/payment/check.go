package payment

import (
	"fmt"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// check refuses what must not be asked for. What the line and its plan cannot bear is refused when they are drawn on.
func (r *Request) check(tx *store.Tx, by identity.Actor, l appropriation.Line, today calendar.Date) error {
	if err := r.checkTexts(); err != nil {
		return err
	}
	if r.Amount <= 0 || r.Amount > money.Max {
		return fault.Newf(fault.Invalid, "payment-amount", "请填大于零的金额,最多两位小数", "金额 %s 元不能支付", r.Amount).In("amount")
	}
	if err := modeHolds(tx, by.County, l, today); err != nil {
		return err
	}
	if r.Economic != l.Economic {
		return fault.Newf(fault.Refused, "payment-economic", "请改用对应经济分类的指标,或先办理指标调剂", "指标 %s 的部门经济分类是 %s,不能列支 %s",
			l.Label(), l.Economic, r.Economic).In("economic")
	}
	p, err := payee.Payable(tx, by.County, r.Payee, today)
	if err == nil && !p.Seen(by) {
		_, err = payee.See(tx, by, r.Payee)
	}
	if err != nil {
		return err
	}
	r.Account, r.PayeeName = p.Account.Document, p.Name
	for _, part := range []func() error{
		func() error { return r.checkInvoices(today) },
		func() error { return r.checkMethod(tx, by.County, today) },
		func() error { return r.checkContract(tx, by.County, today) },
		func() error { return r.checkSplit(tx, by.County, l, today) },
		func() error { return r.checkTwin(tx, by.County, today) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Request) checkTexts() error {
	if r.Purpose == "" {
		return fault.New(fault.Invalid, "payment-purpose", "没有填写用途", "请写明付什么款,将作为凭证摘要").In("purpose")
	}
	for _, t := range []struct {
		field, title, value string
		most                int
	}{{"purpose", "用途", r.Purpose, 60}, {"contract", "合同编号", r.Contract, 60}, {"reason", "说明", r.Reason, noteMost}} {
		if err := text.Check(t.field, t.title, t.value, t.most); err != nil {
			return err
		}
	}
	if methodTitles[r.Method] == "" {
		return fault.Newf(fault.Invalid, "payment-method", "请选择转账、现金或公务卡还款", "没有「%s」这种结算方式", r.Method).In("method")
	}
	return nil
}

// invoicesMost is how many invoices one request pays.
const invoicesMost = 200

func (r *Request) checkInvoices(today calendar.Date) error {
	if len(r.Invoices) > invoicesMost {
		return fault.Newf(fault.Invalid, "invoice-many", "请分几次申请", "一张申请最多 %d 张发票,现为 %d 张", invoicesMost, len(r.Invoices)).In("invoice")
	}
	var sum money.Fen
	for i, v := range r.Invoices {
		if v.Number == "" || len(v.Number) > 40 || strings.ContainsFunc(v.Number, func(c rune) bool { return c > 0x7e || c < 0x21 }) {
			return fault.Newf(fault.Invalid, "invoice-number", "请照票面填写发票代码和号码,或 20 位数电发票号码", "第 %d 张发票的号码「%s」不对", i+1, v.Number).In("invoice")
		}
		if i > 0 && r.Invoices[i-1].Number == v.Number {
			return fault.Newf(fault.Refused, "invoice-used", "请删去重复的一行", "发票 %s 在本申请中写了两次", v.Number).In("invoice")
		}
		if _, err := calendar.ParseDate(string(v.Date)); err != nil {
			return fault.As(err).In("invoice")
		}
		if v.Date.Year() != today.Year() || v.Date > today {
			return fault.Newf(fault.Refused, "invoice-year", "请换开本年度发票;跨年报销按县里规定另行办理", "发票 %s 的开票日期 %s 不在 %d 年 1 月 1 日至今天之间",
				v.Number, v.Date, today.Year()).In("invoice")
		}
		if v.Amount <= 0 || v.Amount > money.Max {
			return fault.Newf(fault.Invalid, "invoice-amount", "请照票面填写价税合计", "发票 %s 的金额 %s 元不对", v.Number, v.Amount).In("invoice")
		}
		sum += v.Amount
	}
	if len(r.Invoices) > 0 && sum < r.Amount {
		return fault.Newf(fault.Refused, "invoice-short", "请减少支付金额或补齐发票;金额有误的发票应重开,不得更改(会计法第十四条)", "发票合计 %s 元,申请支付 %s 元,超 %s 元",
			sum, r.Amount, r.Amount-sum).In("amount")
	}
	return nil
}

// checkMethod keeps cash to what the law allows, and asks for the official card first where the county has set so.
func (r *Request) checkMethod(tx *store.Tx, county int64, today calendar.Date) error {
	if r.Method == Cash {
		v, err := rule.Get(tx, county, cashLimit.Code, r.Path, today)
		if err != nil {
			return err
		}
		limit, err := v.Fen()
		if err != nil {
			return err
		}
		if r.Amount > limit {
			return fault.Newf(fault.Refused, "payment-cash-limit", "请改为转账", "现金支付 %s 元,超过结算起点 %s 元(%s)", r.Amount, limit, v.DocumentNo).In("method")
		}
		legal, err := rule.Get(tx, county, cashClasses.Code, r.Path, today)
		if err != nil {
			return err
		}
		if !begins(r.Economic, legal) {
			return fault.Newf(fault.Refused, "payment-cash-class", "请改为转账", "经济分类 %s 不在可以使用现金的范围(%s)内(%s)", r.Economic, legal.Text, legal.DocumentNo).In("method")
		}
	}
	if r.Method == Card || r.Reason != "" {
		return nil
	}
	v, ok, err := configured(tx, county, cardClasses, r.Path, today)
	if err != nil || !ok || !begins(r.Economic, v) {
		return err
	}
	return fault.Newf(fault.Refused, "payment-card-first", "请改用公务卡结算;确实不能刷卡的,在「说明」中写明原因", "经济分类 %s 按 %s 的规定优先用公务卡结算", r.Economic, v.DocumentNo).In("method")
}

func (r *Request) checkContract(tx *store.Tx, county int64, today calendar.Date) error {
	if r.Contract != "" {
		return nil
	}
	v, ok, err := configured(tx, county, contractFrom, r.Path, today)
	if err != nil || !ok {
		return err
	}
	least, err := v.Fen()
	if err != nil || r.Amount < least {
		return err
	}
	return fault.Newf(fault.Refused, "payment-contract", "请填写合同编号并上传合同", "支付 %s 元,按 %s 的规定 %s 元以上须有合同", r.Amount, v.DocumentNo, least).In("contract")
}

// standing leaves out payments that came to nothing.
const standing = ` and d.state not in ('returned', 'rejected', 'void', 'failed', 'reversed')`

// checkSplit refuses payments to one payee that together reach what must be put out to tender, where each stays below.
func (r *Request) checkSplit(tx *store.Tx, county int64, l appropriation.Line, today calendar.Date) error {
	if l.Purchase {
		return nil
	}
	v, ok, err := configured(tx, county, splitAmount, r.Path, today)
	if err != nil || !ok {
		return err
	}
	most, err := v.Fen()
	if err != nil {
		return err
	}
	within, err := rule.Get(tx, county, splitDays.Code, r.Path, today)
	if err != nil {
		return err
	}
	days, err := within.Days()
	if err != nil || r.Amount >= most {
		return err
	}
	var sum, n int64
	err = tx.QueryRow(`select cast(coalesce(sum(r.amount), 0) as bigint), count(*) from payment_request r cross join document d
		where r.county_id = $1 and r.payee_id = $2 and r.on_day >= $3 and r.unit_id = $4 and r.economic = $5 and r.document_id <> $6
		and d.county_id = r.county_id and d.document_id = r.document_id`+standing,
		county, r.Payee, string(today.AddDays(-days)), r.Unit, r.Economic, r.ID).Scan(&sum, &n)
	if err != nil {
		return fmt.Errorf("payment %s: split: %w", r.ID, err)
	}
	if total := money.Fen(sum) + r.Amount; n > 0 && total >= most {
		return fault.Newf(fault.Refused, "payment-split", "请合并办理政府采购,用标有政府采购的指标支付", "%d 天内向「%s」支付 %s 的已有 %d 笔共 %s 元,加本次 %s 元共 %s 元,达到 %s 元,属于化整为零(%s)",
			days, r.PayeeName, r.Economic, n, money.Fen(sum), r.Amount, total, most, v.DocumentNo).In("amount")
	}
	return nil
}

// checkTwin wants a reason where the same payee was paid the same amount a few days before.
func (r *Request) checkTwin(tx *store.Tx, county int64, today calendar.Date) error {
	if r.Reason != "" {
		return nil
	}
	v, err := rule.Get(tx, county, duplicateDays.Code, r.Path, today)
	if err != nil {
		return err
	}
	days, err := v.Days()
	if err != nil {
		return err
	}
	var number, on string
	err = tx.QueryRow(`select r.number, r.on_day from payment_request r cross join document d
		where r.county_id = $1 and r.payee_id = $2 and r.on_day >= $3 and r.amount = $4 and r.document_id <> $5
		and d.county_id = r.county_id and d.document_id = r.document_id`+standing+` order by r.on_day desc, r.document_id desc limit 1`,
		county, r.Payee, string(today.AddDays(-days)), int64(r.Amount), r.ID).Scan(&number, &on)
	if err == store.ErrNoRows {
		return nil
	}
	if err != nil {
		return fmt.Errorf("payment %s: twins: %w", r.ID, err)
	}
	return fault.Newf(fault.Refused, "payment-duplicate", "请核对是否重复;不是重复的,在「说明」中写明原因", "%s 已有支付申请 %s 向「%s」支付同一金额 %s 元,%d 天内疑似重复",
		on, number, r.PayeeName, r.Amount, days).In("reason")
}

// still refuses a payment that was right when it was asked for and is not any more: asked at approval, when it is
// ordered and when it is paid.
func (r Request) still(tx *store.Tx, county int64, today calendar.Date) error {
	if err := appropriation.Holds(tx, county, r.use(today)); err != nil {
		return err
	}
	p, err := payee.Payable(tx, county, r.Payee, today)
	if err != nil {
		return err
	}
	if p.Account.Document != r.Account {
		return fault.Newf(fault.Refused, "payment-account-changed", "请退回后重新提交,改付现行账户", "收款人「%s」的账户在申请后已变更为尾号 %s", p.Name, p.Account.Tail)
	}
	plan, err := PlanOf(tx, county, r.Line)
	if err != nil || today.Year() != r.On.Year() {
		return err
	}
	return plan.refuse(tx, county, today.Period().Month(), 0)
}
