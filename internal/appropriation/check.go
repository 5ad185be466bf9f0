package appropriation

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

var carryYears = rule.Definition{
	Code: "appropriation-carry-years", Title: "指标最多结转年数(自安排年度起)", Kind: rule.Count, Min: 1, Max: 5, Initial: "2",
}

// Rules gives the rules that this package reads.
func Rules() []rule.Definition { return []rule.Definition{carryYears} }

// check refuses an order that a rule forbids, with the amounts as the lines stand now. It is asked when the order is
// made, checked and issued.
func (o Order) check(tx *store.Tx, county int64, today calendar.Date) error {
	if err := o.checkHead(today); err != nil {
		return err
	}
	given := map[MoveKind]money.Fen{}
	for i, it := range o.Items {
		if slices.ContainsFunc(o.Items[:i], func(x Item) bool { return x.Line == it.Line }) {
			return fault.Newf(fault.Invalid, "appropriation-line-twice", "请合并成一行", "指标 %s 在同一张指标单上出现两次", it.Of.Label())
		}
		if err := o.checkItem(it); err != nil {
			return err
		}
		given[it.Move] += it.Amount
	}
	switch o.Kind {
	case OrderTransfer:
		return o.checkTransfer(given)
	case OrderCarryOver:
		return o.checkCarryOver(tx, county)
	case OrderProvisional:
		return o.checkProvisional(tx, county)
	}
	return nil
}

// noteMost is the longest note, in characters.
const noteMost = 200

func (o Order) checkHead(today calendar.Date) error {
	if orderTitles[o.Kind] == "" {
		return fault.Newf(fault.Invalid, "appropriation-kind", "请选择指标单种类", "没有「%s」这种指标单", o.Kind).In("kind")
	}
	if _, err := calendar.ParseDate(string(o.Date)); err != nil {
		return fault.As(err).In("date")
	}
	switch {
	case o.Date > today:
		return fault.Newf(fault.Invalid, "appropriation-future", "请改为今天或以前", "日期 %s 还没有到,今天是 %s", o.Date, today).In("date")
	case o.Date.Year() != o.Year && o.Kind != OrderCarryOver && (o.Kind != OrderInitial || o.Date.Year() != o.Year-1): // a budget may be approved before its year
		return fault.Newf(fault.Invalid, "appropriation-date-year", "请核对日期或年度", "日期 %s 不在 %d 年度内", o.Date, o.Year).In("date")
	case o.Source == "":
		return fault.Newf(fault.Refused, "appropriation-source-missing", "请填写指标文件的文号", "%s没有指标文件,不能办理", o.Kind.Title()).In("source")
	case o.Session == "" && o.needsSession():
		return fault.Newf(fault.Refused, "appropriation-not-approved", "请填写人民代表大会会议批准的文号;上级专项转移支付引起的变化,请选资金来源为上级转移支付",
			"%s会改变预算总额,共 %s 元,未经人民代表大会批准(预算法第六十七条、第六十九条)", o.Kind.Title(), o.Total()).In("session")
	}
	for _, t := range []struct {
		field, title, value string
		most                int
	}{{"source", "指标文号", o.Source, numberMost}, {"session", "人大批准文号", o.Session, numberMost}, {"note", "说明", o.Note, noteMost}} {
		if err := text.Check(t.field, t.title, t.value, t.most); err != nil {
			return err
		}
	}
	return nil
}

// needsSession tells whether the congress decides: on the budget itself, and where the total rises or falls by anything
// but an earmarked transfer from above (预算法 art. 67, 71).
func (o Order) needsSession() bool {
	switch o.Kind {
	case OrderInitial:
		return true
	case OrderAddition, OrderReduction:
		return slices.ContainsFunc(o.Items, func(it Item) bool { return it.From != SourceTransfer })
	}
	return false
}

func (o Order) checkItem(it Item) error {
	if !slices.Contains(o.Kind.moves(), it.Move) {
		panic(fmt.Sprintf("appropriation: an order of %s with a move %s", o.Kind, it.Move))
	}
	if it.Amount <= 0 || it.Amount > money.Max {
		return fault.Newf(fault.Invalid, "appropriation-amount", "请填大于零的金额,最多两位小数", "金额 %s 元不能办理指标", it.Amount).In("amount")
	}
	year := o.Year
	if it.Move == CarryIn {
		year++
	}
	if it.Of.Year != year {
		return fault.Newf(fault.Invalid, "appropriation-year-mixed", "请分年度填制指标单", "指标 %s 不是 %d 年度的", it.Of.Label(), year).In("line")
	}
	_, credit := posts(it.Move, anySource)
	debit, _ := posts(it.Move, anySource)
	if named := debit == anySource || credit == anySource; named && !slices.Contains(Sources(), it.From) {
		return fault.Newf(fault.Refused, "appropriation-without-income", "请选择资金来源:本级财力、上级转移支付、债务收入或调入资金",
			"%s %s 元没有收入来源,不能安排", o.Kind.Title(), it.Amount).In("from")
	}
	return it.Of.refuse(it.Move, it.Amount)
}

// checkTransfer refuses transfers that change more than where money is spent (预算法 art. 72, and what the county keeps
// apart: people cost from reception, projects from basic expenditure).
func (o Order) checkTransfer(given map[MoveKind]money.Fen) error {
	if given[TransferOut] != given[TransferIn] {
		return fault.Newf(fault.Invalid, "appropriation-transfer-unequal", "请核对各行金额", "调出 %s 元、调入 %s 元,相差 %s 元",
			given[TransferOut], given[TransferIn], (given[TransferOut] - given[TransferIn]).Abs()).In("amount")
	}
	for _, out := range o.Items {
		for _, in := range o.Items {
			if out.Move != TransferOut || in.Move != TransferIn {
				continue
			}
			a, b := out.Of, in.Of
			switch {
			case a.Fund != b.Fund:
				return fault.Newf(fault.Refused, "appropriation-transfer-fund", "不同预算之间的资金请按调入资金办理追加", "指标 %s 与 %s 的资金性质不同,不能调剂 %s 元",
					a.Label(), b.Label(), out.Amount).In("to")
			case a.Basis() == Personnel && b.Economic == reception:
				return fault.Newf(fault.Refused, "appropriation-people-to-reception", "请从公务接待费以外的公用经费中压减,或不作调剂", "人员经费不能调剂到公务接待费:%s 调出 %s 元",
					a.Label(), out.Amount).In("to")
			case a.Basis() == Project && b.Basis() != Project:
				return fault.Newf(fault.Refused, "appropriation-project-to-basic", "项目结余请办理收回", "项目资金不能调剂到基本支出:%s 调出 %s 元", a.Label(), out.Amount).In("to")
			case a.Origin != b.Origin:
				return fault.Newf(fault.Refused, "appropriation-transfer-age", "请调剂到同一来源年度的指标", "指标 %s 是 %d 年安排的,%s 是 %d 年安排的,调剂后结转年限无法计算",
					a.Label(), a.Origin, b.Label(), b.Origin).In("to")
			}
		}
	}
	return nil
}

// checkCarryOver wants each carried line on its own line of the next year, and none older than the rule allows.
func (o Order) checkCarryOver(tx *store.Tx, county int64) error {
	into := map[int64]Item{}
	for _, it := range o.Items {
		if it.Move == CarryIn {
			into[it.Of.Parent] = it
		}
	}
	most, err := rule.Int(tx, county, carryYears.Code, "", calendar.PeriodOf(o.Year+1, 1).First())
	if err != nil {
		return err
	}
	outs := 0
	for _, it := range o.Items {
		if it.Move != CarryOut {
			continue
		}
		outs++
		if in, ok := into[it.Line]; !ok || in.Amount != it.Amount {
			return fault.Newf(fault.Invalid, "appropriation-carry-unequal", "请从结转页重新生成", "指标 %s 转出 %s 元,没有等额转入下年", it.Of.Label(), it.Amount)
		}
		if err := it.Of.tooOld(most); err != nil {
			return err
		}
	}
	if outs*2 != len(o.Items) {
		return fault.New(fault.Invalid, "appropriation-carry-unequal", "请从结转页重新生成", "转入下年的指标没有对应的转出")
	}
	return nil
}

// tooOld refuses a line whose money would be carried into more years than the rule allows (预算法 art. 42).
func (l Line) tooOld(most int64) error {
	if age := l.Year + 1 - l.Origin; int64(age) > most {
		return fault.Newf(fault.Refused, "appropriation-too-old", "请办理收回", "指标 %s 是 %d 年安排的,可用 %s 元,结转到 %d 年已满 %d 年,超过 %d 年不能再结转(预算法第四十二条)",
			l.Label(), l.Origin, l.Available(), l.Year+1, age, most)
	}
	return nil
}

// checkProvisional caps what is given before the budget is approved by what the year before had spent by the end of the
// same month under the same unit, fund and classes (预算法 art. 54).
func (o Order) checkProvisional(tx *store.Tx, county int64) error {
	asked := map[Key]money.Fen{}
	for _, it := range o.Items {
		k := it.Of.comparable()
		asked[k] += it.Amount
		spent, standing, err := lastYear(tx, county, it.Of, o.Date.Period().Month())
		if err != nil {
			return err
		}
		if left := spent - standing; asked[k] > left {
			return fault.Newf(fault.Refused, "appropriation-provisional-cap", "请减少金额;必须支付的其他支出等预算批准后安排",
				"指标 %s 上年 1 至 %d 月支出 %s 元,已安排临时额度 %s 元,本次 %s 元,超 %s 元(预算法第五十四条)",
				it.Of.Label(), o.Date.Period().Month(), spent, standing, asked[k], asked[k]-left).In("amount")
		}
	}
	return nil
}

// comparable is what the same spending has in common from year to year.
func (k Key) comparable() Key {
	return Key{Year: k.Year, Unit: k.Unit, Fund: k.Fund, Function: k.Function, Economic: k.Economic}
}

// lastYear gives what the year before had paid by the end of a month under the line's unit, fund and classes, and what is
// provisional under them this year.
func lastYear(tx *store.Tx, county int64, l Line, month int) (spent, standing money.Fen, err error) {
	if err := tx.Settle(); err != nil {
		return 0, 0, err
	}
	err = tx.QueryRow(`select cast(coalesce(sum(case m.kind when 'spend' then m.amount else -m.amount end), 0) as bigint)
		from appropriation_line l join appropriation_move m on m.county_id = l.county_id and m.line_id = l.line_id
		where l.county_id = $1 and l.year = $2 and l.unit_id = $3 and l.fund = $4 and l.function = $5 and l.economic = $6
		and m.kind in ('spend', 'refund') and m.date <= $7`, county, l.Year-1, l.Unit, l.Fund, l.Function, l.Economic,
		string(calendar.PeriodOf(l.Year-1, month).Last())).Scan(&spent)
	if err == nil {
		err = tx.QueryRow(`select cast(coalesce(sum(provisional), 0) as bigint) from appropriation_line where county_id = $1 and year = $2
			and unit_id = $3 and fund = $4 and function = $5 and economic = $6`, county, l.Year, l.Unit, l.Fund, l.Function, l.Economic).Scan(&standing)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("appropriation: last year of line %d: %w", l.ID, err)
	}
	return spent, standing, nil
}

// ClassName names a class of a line for pages; empty where the year has none.
func ClassName(tx *store.Tx, kind, code string, year int) (string, error) {
	classes, err := ledger.ClassesOf(tx, kind, year)
	if err != nil {
		return "", err
	}
	return classes[code].Name, nil
}

// The classifications of lines.
const (
	ClassFund     = standard.Fund
	ClassFunction = standard.Function
	ClassEconomic = standard.Economic
	ClassGov      = standard.EconomicGovernment
)
