// Package calendar holds the program's dates: a business date is the UTC instant plus eight hours, a period is a
// calendar month, and the fiscal year is the calendar year without a thirteenth period (预算法 art. 18).
//
// Both are ISO text ("2026-10-23", "2026-10"), so that they compare, sort and store as themselves on every engine.
package calendar

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"xiangzhang/internal/fault"
)

// Beijing is the one zone of every business date.
var Beijing = time.FixedZone("UTC+8", 8*60*60)

// Date is a business date, YYYY-MM-DD.
type Date string

// Period is an accounting month, YYYY-MM. Month 00 stands for a year's opening balances.
type Period string

// DateOf gives the business date of an instant.
func DateOf(t time.Time) Date { return Date(t.In(Beijing).Format(time.DateOnly)) }

// Instant gives the stored form of an instant: UTC, millisecond, always the same length.
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ParseInstant reads what Instant wrote.
func ParseInstant(s string) (time.Time, error) { return time.Parse("2006-01-02T15:04:05.000Z", s) }

// ParseDate reads YYYY-MM-DD, also YYYY/M/D, YYYY.M.D and YYYY年M月D日 as people type them, in full width too.
func ParseDate(s string) (Date, error) {
	if t, ok := parse(s, time.DateOnly, "2006/1/2", "2006.1.2", "2006年1月2日", "2006-1-2", "20060102"); ok {
		return Date(t.Format(time.DateOnly)), nil
	}
	return "", fault.Newf(fault.Invalid, "date-malformed", "请按 2026-10-23 的样式填写", "日期「%s」不存在或写法不对", quoted(s))
}

// parse tries layouts in turn. Blanks may stand around the text and beside 年, 月 and 日, as Chinese prints them.
func parse(s string, layouts ...string) (time.Time, bool) {
	text := aroundUnits.ReplaceAllString(strings.TrimSpace(strings.Map(narrow, s)), "$1")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1900 && t.Year() <= 2999 {
			return t, true
		}
	}
	return time.Time{}, false
}

var aroundUnits = regexp.MustCompile(` *([年月日]) *`)

// narrow makes full-width figures, separators and blanks plain.
func narrow(r rune) rune {
	switch {
	case r >= '\uff0d' && r <= '\uff19': // － ． ／ ０…９
		return r - '\uff0d' + '-'
	case r == '\u00a0' || r == '\u3000':
		return ' '
	}
	return r
}

// quoted shortens what is no date at all, so that it fits a sentence.
func quoted(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// ParsePeriod reads YYYY-MM, also YYYYMM, YYYY/M and YYYY年M月. A point is refused: a spreadsheet makes 2026.1 of
// 2026.10.
func ParsePeriod(s string) (Period, error) {
	if t, ok := parse(s, "2006-01", "2006-1", "200601", "2006/1", "2006年1月"); ok {
		return Period(t.Format("2006-01")), nil
	}
	return "", fault.Newf(fault.Invalid, "period-malformed", "请按 2026-10 的样式填写", "会计期间「%s」不存在或写法不对", quoted(s))
}

// Period gives the month that the date falls in.
func (d Date) Period() Period { return Period(d[:7]) }

// Year gives the fiscal year.
func (d Date) Year() int { return d.Period().Year() }

// Time gives midnight in Beijing; the date must be well formed.
func (d Date) Time() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), Beijing)
	if err != nil {
		panic(fmt.Sprintf("calendar: date %q was not parsed", string(d)))
	}
	return t
}

// AddDays gives the date n days later.
func (d Date) AddDays(n int) Date { return Date(d.Time().AddDate(0, 0, n).Format(time.DateOnly)) }

// Chinese writes 2026 年 10 月 23 日.
func (d Date) Chinese() string {
	t := d.Time()
	return fmt.Sprintf("%d 年 %d 月 %d 日", t.Year(), t.Month(), t.Day())
}

// PeriodOf gives a period of a year; month 0 is the year's opening.
func PeriodOf(year, month int) Period { return Period(fmt.Sprintf("%04d-%02d", year, month)) }

// Year gives the fiscal year.
func (p Period) Year() int { return atoi(string(p[:4])) }

// Month gives 1..12, or 0 for a year's opening.
func (p Period) Month() int { return atoi(string(p[5:7])) }

// Next gives the following month.
func (p Period) Next() Period {
	if p.Month() >= 12 {
		return PeriodOf(p.Year()+1, 1)
	}
	return PeriodOf(p.Year(), p.Month()+1)
}

// Prev gives the month before.
func (p Period) Prev() Period {
	if p.Month() <= 1 {
		return PeriodOf(p.Year()-1, 12)
	}
	return PeriodOf(p.Year(), p.Month()-1)
}

// First gives the first day of the month.
func (p Period) First() Date { return Date(string(p) + "-01") }

// Last gives the last day of the month.
func (p Period) Last() Date { return p.Next().First().AddDays(-1) }

// Opening gives the key under which the year's opening balances are stored.
func (p Period) Opening() Period { return PeriodOf(p.Year(), 0) }

// Chinese writes 2026 年 10 月, or 2026 年年初 for an opening.
func (p Period) Chinese() string {
	if p.Month() == 0 {
		return fmt.Sprintf("%d 年年初", p.Year())
	}
	return fmt.Sprintf("%d 年 %d 月", p.Year(), p.Month())
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}
