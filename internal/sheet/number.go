package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"xiangzhang/internal/fault"
)

// form is what a number format makes of a cell's number.
type form struct {
	day, month, year, clock bool // a date or a time shows these
	percent                 bool
	zeros                   int // the format 0000 pads to so many figures
}

func (f form) isTime() bool { return f.day || f.month || f.year || f.clock }

// builtinForms are the formats that a file names by number only; 27 to 36 and 50 to 58 are those of Chinese editions.
var builtinForms = func() map[int]form {
	forms := map[int]form{9: {percent: true}, 10: {percent: true}, 22: {year: true, month: true, day: true, clock: true}}
	for _, id := range []int{14, 15, 31} {
		forms[id] = form{year: true, month: true, day: true}
	}
	for _, id := range []int{16, 28, 29, 51, 53, 54, 58} {
		forms[id] = form{year: true, month: true, day: true} // month and day shown; the year behind them is known
	}
	forms[30] = form{year: true, month: true, day: true}
	for _, id := range []int{17, 27, 36, 50, 52, 57} {
		forms[id] = form{year: true, month: true}
	}
	for _, id := range []int{18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56} {
		forms[id] = form{clock: true}
	}
	return forms
}()

// formOf reads a format code such as yyyy"年"m"月"d"日", 0.00% or 000000.
func formOf(code string) form {
	code, _, _ = strings.Cut(code, ";") // the part for positive numbers
	code = strings.ToLower(withoutLiterals(code))
	if code != "" && strings.Trim(code, "0") == "" {
		return form{zeros: len(code)}
	}
	if code == "general" || code == "@" {
		return form{}
	}
	f := form{percent: strings.Contains(code, "%"), year: strings.ContainsAny(code, "yge") && !strings.ContainsAny(code, "0#?"), day: strings.Contains(code, "d"),
		clock: strings.ContainsAny(code, "hs")}
	f.month = strings.Contains(code, "m") && (f.year || f.day || !f.clock) // beside hours or seconds alone, m is minutes
	if f.day && f.month {
		f.year = true
	}
	return f
}

// withoutLiterals drops quoted text, escaped characters, fillers and bracketed colours or locales.
func withoutLiterals(code string) string {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '\\', '_', '*':
			i++
		case '"', '[':
			closing := map[byte]byte{'"': '"', '[': ']'}[c]
			n := strings.IndexByte(code[i+1:], closing)
			if n < 0 {
				return b.String()
			}
			if inner := code[i+1 : i+1+n]; c == '[' && strings.Trim(strings.ToLower(inner), "hms") == "" {
				b.WriteString(inner) // elapsed time: [h]:mm
			}
			i += n + 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// numberText gives a cell's number as a person reads it, with all the figures it has.
func numberText(raw string, f form, date1904 bool, where string) (string, error) {
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return "", fault.Newf(fault.Invalid, "sheet-damaged", "请重填该格", "单元格 %s 的数字「%s」已损坏", where, shorten(raw))
	}
	if f.isTime() {
		return timeText(v, f, date1904, where)
	}
	if math.Abs(v) >= 1e15 {
		return "", fault.Newf(fault.Invalid, "sheet-number-too-long", "请把该列设为文本格式后重新填写,身份证号、银行账号都要这样填",
			"单元格 %s 的数字超过 15 位,表格软件已丢失末几位", where)
	}
	if f.percent {
		return plainNumber(v*100) + "%", nil
	}
	text := plainNumber(v)
	if f.zeros > 0 && v >= 0 && len(text) < f.zeros && !strings.Contains(text, ".") {
		text = strings.Repeat("0", f.zeros-len(text)) + text
	}
	return text, nil
}

// plainNumber writes a number with the fifteen figures that spreadsheets keep: the artefact 0.30000000000000004 is 0.3.
func plainNumber(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		rounded = v
	}
	if rounded == 0 {
		return "0"
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// timeText gives a date as 2026-10-23, a month as 2026-10, a time as 14:30:00.
func timeText(serial float64, f form, date1904 bool, where string) (string, error) {
	const lastDay = 2_958_465 // 9999-12-31
	if serial < 0 || serial >= lastDay+1 {
		return "", fault.Newf(fault.Invalid, "sheet-date", "请按 2026-10-23 的样式重填",
			"单元格 %s 设为日期格式,但其中的数 %s 不是日期", where, plainNumber(serial))
	}
	days := int(serial)
	seconds := int(math.Round((serial - float64(days)) * 86_400))
	// Day 60 of the 1900 system is 29 February 1900, which never was; the days before it count one less.
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		epoch = epoch.AddDate(0, 0, 1)
	}
	t := epoch.AddDate(0, 0, days).Add(time.Duration(seconds) * time.Second)
	switch {
	case f.clock && !f.day && !f.month && !f.year:
		return t.Format(time.TimeOnly), nil
	case f.clock && seconds > 0:
		return t.Format(time.DateTime), nil
	case !f.day && f.month:
		return t.Format("2006-01"), nil
	case !f.day && !f.month:
		return fmt.Sprintf("%04d", t.Year()), nil
	}
	return t.Format(time.DateOnly), nil
}
