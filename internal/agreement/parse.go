package agreement

import (
	"slices"
	"strings"
	"unicode/utf8"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/sheet"
)

// textMost is the longest text that is kept of a line, in characters; what banks add beyond it is cut off.
const textMost = 200

// Parsed is a statement as its file says it, in the order of its days.
type Parsed struct {
	Name    string
	Source  Source
	Lines   []Line
	Opening money.Fen // before the first line, where the source has a balance
}

// Parse reads a statement's file by a layout and checks what it says by itself: every bad row is named. today bounds the
// days.
func Parse(l bankfile.Layout, source Source, name string, data []byte, today calendar.Date) (Parsed, error) {
	p := Parsed{Name: name, Source: source}
	records, err := l.Read(name, data)
	if err != nil {
		return p, err
	}
	var wrong sheet.Problems
	opening, opened := money.Fen(0), false
	for _, r := range records {
		amounts, err := amountsOf(l, r)
		if err == nil && amounts.none && amounts.balanced && len(p.Lines) == 0 { // 上期余额, 承前页
			opening, opened = amounts.balance, true
			continue
		}
		if err != nil {
			f := fault.As(err)
			wrong.Add(r.Row, r.Head(bankfile.Field(f.Field)), err)
		}
		date, err := dateOf(r.Get(bankfile.Date))
		switch {
		case err != nil:
			wrong.Add(r.Row, r.Head(bankfile.Date), err)
		case date > today:
			wrong.Add(r.Row, r.Head(bankfile.Date), fault.Newf(fault.Invalid, "statement-future", "请核对文件", "日期 %s 晚于今天 %s", date, today))
		}
		p.Lines = append(p.Lines, Line{
			Row: r.Row, Date: date, Ref: cut(r.Get(bankfile.Reference)), Code: cut(r.Get(bankfile.Code)), Amount: amounts.amount, Balance: amounts.balance,
			Counterparty: cut(r.Get(bankfile.Counterparty)), Summary: cut(r.Get(bankfile.Summary)),
		})
	}
	if len(wrong) > 0 {
		return p, wrong
	}
	if len(p.Lines) == 0 {
		return p, fault.Newf(fault.Invalid, "statement-empty", "整期没有发生额的,请不选文件,只填截止日期和余额", "「%s」中没有发生额", name)
	}
	p.order(source)
	if err := p.run(l, opening, opened); err != nil {
		return p, err
	}
	return p, nil
}

// lineAmounts is what a row says of money.
type lineAmounts struct {
	amount, balance money.Fen
	none, balanced  bool // nothing moved; a balance is given
}

func amountsOf(l bankfile.Layout, r bankfile.Record) (a lineAmounts, err error) {
	read := func(f bankfile.Field) money.Fen {
		v, e := money.Parse(r.Get(f))
		if e != nil && err == nil {
			err = fault.As(e).In(string(f))
		}
		return v
	}
	if l.Has(bankfile.Balance) {
		a.balance, a.balanced = read(bankfile.Balance), r.Get(bankfile.Balance) != ""
	}
	in, out := money.Fen(0), money.Fen(0)
	if l.Has(bankfile.In) {
		in, out = read(bankfile.In), read(bankfile.Out)
		a.none = in == 0 && out == 0
	} else {
		in = read(bankfile.Amount)
		a.none = in == 0
	}
	if err != nil || a.none && a.balanced {
		if a.none && err == nil && r.Get(bankfile.Reference) != "" {
			err = noAmount(l)
		}
		return a, err
	}
	if word := r.Get(bankfile.Direction); l.Has(bankfile.Direction) {
		switch {
		case slices.Contains(l.Yes, word):
		case slices.Contains(l.No, word):
			in = -in
		default:
			return a, fault.Newf(fault.Invalid, "statement-direction", "请核对格式中表示收支的文字:收为"+strings.Join(l.Yes, "、")+",支为"+strings.Join(l.No, "、"),
				"收支标志「%s」不认识", word).In(string(bankfile.Direction))
		}
	}
	a.amount = in - out
	switch {
	case in != 0 && out != 0:
		return a, fault.Newf(fault.Invalid, "statement-both", "请核对,一行只能是收入或支出", "收入 %s 元和支出 %s 元都有数", in, out).In(string(bankfile.In))
	case a.amount == 0:
		return a, noAmount(l)
	}
	return a, nil
}

func noAmount(l bankfile.Layout) error {
	field := bankfile.Amount
	if l.Has(bankfile.In) {
		field = bankfile.In
	}
	return fault.New(fault.Invalid, "statement-no-amount", "没有金额", "请核对该行;没有发生额的行请删去").In(string(field))
}

// dateOf reads a day; banks write the time behind it.
func dateOf(text string) (calendar.Date, error) {
	if day, _, timed := strings.Cut(strings.TrimSpace(text), " "); timed {
		text = day
	} else if len(text) == 14 && strings.Trim(text, "0123456789") == "" { // 20261023102233
		text = text[:8]
	}
	return calendar.ParseDate(text)
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= textMost {
		return s
	}
	return string([]rune(s)[:textMost])
}

// order puts the lines of a file that begins with the newest the other way round.
func (p *Parsed) order(source Source) {
	first, last := p.Lines[0], p.Lines[len(p.Lines)-1]
	newestFirst := first.Date > last.Date
	if first.Date == last.Date && source == Bank && len(p.Lines) > 1 {
		newestFirst = p.Lines[0].Balance == p.Lines[1].Balance+p.Lines[0].Amount && p.Lines[1].Balance != p.Lines[0].Balance+p.Lines[1].Amount
	}
	if newestFirst {
		slices.Reverse(p.Lines)
	}
}

// run checks that days do not go back, that no line stands twice, and that the balance runs from line to line.
func (p *Parsed) run(l bankfile.Layout, opening money.Fen, opened bool) error {
	var wrong sheet.Problems
	p.Opening = p.Lines[0].Balance - p.Lines[0].Amount
	type key struct {
		date      calendar.Date
		ref, code string
		amount    money.Fen
	}
	seen := map[key]int{}
	balance := p.Opening
	if opened {
		balance = opening
		p.Opening = opening
	}
	for i, line := range p.Lines {
		if i > 0 && line.Date < p.Lines[i-1].Date {
			wrong.Add(line.Row, bankfile.Date.Title(), fault.Newf(fault.Invalid, "statement-order", "请按银行原样的次序导入", "日期 %s 早于上一笔的 %s", line.Date, p.Lines[i-1].Date))
		}
		k := key{line.Date, line.Ref, line.Code, line.Amount}
		if first := seen[k]; first > 0 && line.Ref != "" && p.Source != Bank {
			wrong.Add(line.Row, bankfile.Reference.Title(), fault.Newf(fault.Invalid, "statement-doubled", "请删去重复的一行,或核对流水号", "与第 %d 行重复:%s 流水号 %s,%s 元", first, line.Date, line.Ref, line.Amount))
		}
		seen[k] = line.Row
		if p.Source != Bank || !l.Has(bankfile.Balance) {
			continue
		}
		if want := balance + line.Amount; line.Balance != want {
			wrong.Add(line.Row, bankfile.Balance.Title(), fault.Newf(fault.Invalid, "statement-balance", "请核对该行之前是否缺行、重行或金额有改动,并请银行重新导出",
				"余额应为 %s 元(上笔 %s 元,本笔 %s 元),文件为 %s 元,差 %s 元", want, balance, line.Amount, line.Balance, line.Balance-want))
		}
		balance = line.Balance
	}
	return wrong.Err()
}
