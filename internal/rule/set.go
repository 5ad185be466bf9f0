package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// SystemDefault stands as document number where the program itself set a value when the county was made.
const SystemDefault = "系统默认"

// Bootstrap sets the initial values of a new county's rules.
func Bootstrap(tx *store.Tx, county int64, from calendar.Date, definitions ...Definition) error {
	for _, d := range definitions {
		if d.Initial == "" {
			continue
		}
		v := Value{Code: d.Code, From: from, Text: d.Initial, DocumentNo: cmp.Or(d.Source, SystemDefault), Note: d.Title}
		if err := Set(tx, county, d, v); err != nil {
			return err
		}
	}
	return nil
}

// Set lets a value hold from its day on. The former value of the same scope ends the day before. Nothing is
// overwritten: a value that begins on or before one that is set already is refused.
func Set(tx *store.Tx, county int64, d Definition, v Value) error {
	v.Code, v.DocumentNo, v.Note = d.Code, strings.TrimSpace(v.DocumentNo), strings.TrimSpace(v.Note)
	text, err := d.normalise(v.Text)
	if err != nil {
		return err
	}
	v.Text = text
	if err := v.check(d); err != nil {
		return err
	}
	if v.Unit != 0 {
		if _, err := org.Get(tx, county, v.Unit); err != nil {
			return err
		}
	}
	var last string
	err = tx.QueryRow(`select coalesce(max(valid_from), '') from rule where county_id = $1 and code = $2 and unit_id = $3`,
		county, v.Code, v.Unit).Scan(&last)
	if err != nil {
		return fmt.Errorf("rule.Set %s: %w", v.Code, err)
	}
	if string(v.From) <= last {
		return fault.Newf(fault.Refused, "rule-back-dated", "请把生效日期改到该日之后;已生效的参数不能改写",
			"「%s」已有自 %s 起的设定,新设定自 %s 起,不晚于它", d.Title, last, v.From).In("from")
	}
	var to any
	if v.To != "" {
		to = string(v.To)
	}
	_, err = tx.Exec(`update rule set valid_to = $4 where county_id = $1 and code = $2 and unit_id = $3
		and valid_from = $5 and (valid_to is null or valid_to > $4)`,
		county, v.Code, v.Unit, string(v.From.AddDays(-1)), last)
	if err == nil {
		_, err = tx.Exec(`insert into rule (county_id, code, unit_id, valid_from, valid_to, value, document_no, note)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			county, v.Code, v.Unit, string(v.From), to, v.Text, v.DocumentNo, v.Note)
	}
	if err != nil {
		return fmt.Errorf("rule.Set %s: %w", v.Code, err)
	}
	return nil
}

func (v Value) check(d Definition) error {
	if v.DocumentNo == "" {
		return fault.Newf(fault.Invalid, "rule-document-missing", "请填写批准该参数的文件文号", "「%s」没有依据文号", d.Title).In("document_no")
	}
	if _, err := calendar.ParseDate(string(v.From)); err != nil {
		return fault.As(err).In("from")
	}
	if v.To == "" {
		return nil
	}
	if _, err := calendar.ParseDate(string(v.To)); err != nil {
		return fault.As(err).In("to")
	}
	if v.To < v.From {
		return fault.Newf(fault.Invalid, "rule-dates-reversed", "请改正起止日期", "失效日期 %s 早于生效日期 %s", v.To, v.From).In("to")
	}
	return nil
}

// normalise checks a value as typed and gives the form in which it is kept.
func (d Definition) normalise(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", fault.Newf(fault.Invalid, "rule-value-missing", "请填写数值", "「%s」没有填写", d.Title).In("value")
	}
	if d.Kind == Words {
		if len(d.Choices) > 0 && !slices.Contains(d.Choices, text) {
			return "", fault.Newf(fault.Invalid, "rule-value-choice", "可填:"+strings.Join(d.Choices, "、"), "「%s」不能是「%s」", d.Title, text).In("value")
		}
		return text, nil
	}
	n, kept, err := d.number(text)
	if err != nil {
		return "", err
	}
	if n < d.Min || d.Max != 0 && n > d.Max {
		return "", fault.Newf(fault.Invalid, "rule-value-range", "请填写"+d.Bounds(), "「%s」的值 %s 超出允许范围", d.Title, kept).In("value")
	}
	return kept, nil
}

func (d Definition) number(text string) (n int64, kept string, err error) {
	if d.Kind == Amount {
		fen, err := money.Parse(text)
		if err != nil {
			return 0, "", fault.As(err).In("value")
		}
		return int64(fen), fen.Plain(), nil
	}
	n, err = strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, "", fault.Newf(fault.Invalid, "rule-value-malformed", "请填写整数", "「%s」的值「%s」不是整数", d.Title, text).In("value")
	}
	return n, strconv.FormatInt(n, 10), nil
}

// Bounds says in words which values the rule may have; empty where any text may stand.
func (d Definition) Bounds() string {
	if d.Kind == Words {
		return strings.Join(d.Choices, "、")
	}
	show := func(n int64) string { return strconv.FormatInt(n, 10) }
	if d.Kind == Amount {
		show = func(n int64) string { return money.Fen(n).String() + " 元" }
	}
	if d.Max == 0 {
		return "不小于 " + show(d.Min) + " 的数"
	}
	return show(d.Min) + " 至 " + show(d.Max) + " 之间的数"
}
