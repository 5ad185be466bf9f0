package calendar

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xiangzhang/internal/fault"
)

func TestParseDate(t *testing.T) {
	for _, c := range []struct {
		want  Date
		texts string
	}{
		{"2026-10-23", "2026-10-23|2026/10/23|2026.10.23|2026年10月23日|2026 年 10 月 23 日|20261023|２０２６－１０－２３|２０２６／１０／２３| 2026-10-23 |\u30002026-10-23\u00a0"},
		{"2026-01-05", "2026-01-05|2026-1-5|2026/1/5|2026/01/05|2026.1.5|2026年1月5日|2026年01月05日|20260105"},
		{"2024-02-29", "2024-02-29|2024/2/29"},
		{"1900-01-01", "1900-01-01"}, {"2999-12-31", "2999-12-31"},
	} {
		for text := range strings.SplitSeq(c.texts, "|") {
			if got, err := ParseDate(text); err != nil || got != c.want {
				t.Errorf("ParseDate(%q) = %s, %v; want %s", text, got, err, c.want)
			}
		}
	}
}

func TestParseDate_Refuses(t *testing.T) {
	bad := "|2026|2026-10|2026-02-29|2026-13-01|2026-00-10|2026-10-00|2026-04-31|23-10-2026|10/23/2026|26-10-23|1899-12-31|3000-01-01|" +
		"2026-10-23T00:00:00Z|2026-10-23 10:00|2026--10-23|-2026-10-23|2026 10 23|2026-1 0-23|20261301|2026年10月|二〇二六年|" + strings.Repeat("9", 200)
	for text := range strings.SplitSeq(bad, "|") {
		got, err := ParseDate(text)
		if !fault.HasCode(err, "date-malformed") || got != "" || len([]rune(err.Error())) > 100 {
			t.Errorf("ParseDate(%q) = %q, %v", text, got, err)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for _, text := range strings.Split("2026-03|2026-3|202603|2026/3|2026/03|2026年3月|2026 年 3 月|２０２６－０３", "|") {
		if got, err := ParsePeriod(text); err != nil || got != "2026-03" {
			t.Errorf("ParsePeriod(%q) = %s, %v", text, got, err)
		}
	}
	for _, text := range strings.Split("|2026|2026.10|2026.1|2026-00|2026-13|2026-3-1|26-03|1899-12|3000-01|2026年|三月", "|") {
		if got, err := ParsePeriod(text); !fault.HasCode(err, "period-malformed") || got != "" {
			t.Errorf("ParsePeriod(%q) = %q, %v", text, got, err)
		}
	}
}

// The business date is Beijing's: it changes at 16:00 UTC.
func TestDateOf(t *testing.T) {
	for _, c := range []struct {
		instant string
		want    Date
	}{
		{"2026-10-23T15:59:59.999Z", "2026-10-23"}, {"2026-10-23T16:00:00.000Z", "2026-10-24"},
		{"2026-12-31T16:00:00.000Z", "2027-01-01"}, {"2024-02-28T23:00:00.000Z", "2024-02-29"},
	} {
		at, err := ParseInstant(c.instant)
		if err != nil || DateOf(at) != c.want || DateOf(at.In(time.FixedZone("", -11*3600))) != c.want {
			t.Errorf("%s is %s (%v), want %s", c.instant, DateOf(at), err, c.want)
		}
	}
}

func TestInstant_SortsAndReadsBack(t *testing.T) {
	instants := rapid.Map(rapid.Int64Range(0, 32_000_000_000_000), time.UnixMilli) // until the year 2984
	rapid.Check(t, func(t *rapid.T) {
		a, b := instants.Draw(t, "a"), instants.Draw(t, "b")
		if (Instant(a) < Instant(b)) != a.Before(b) {
			t.Errorf("%s and %s do not sort as their instants", Instant(a), Instant(b))
		}
		back, err := ParseInstant(Instant(a))
		if err != nil || !back.Equal(a) || back.Location() != time.UTC {
			t.Errorf("%v came back as %v (%v)", a, back, err)
		}
	})
}

func dates() *rapid.Generator[Date] {
	return rapid.Map(rapid.IntRange(0, 365_000), func(n int) Date { return Date("1950-01-01").AddDays(n) })
}

func TestDate_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := dates().Draw(t, "date"), rapid.IntRange(-10_000, 10_000).Draw(t, "days")
		for _, text := range []string{string(d), d.Chinese(), strings.ReplaceAll(string(d), "-", ""), strings.ReplaceAll(string(d), "-", "/")} {
			if got, err := ParseDate(text); err != nil || got != d {
				t.Errorf("ParseDate(%q) = %s, %v; want %s", text, got, err, d)
			}
		}
		if back := d.AddDays(n).AddDays(-n); back != d {
			t.Errorf("%s, %d days on and back is %s", d, n, back)
		}
		if (d.AddDays(n) > d) != (n > 0) {
			t.Errorf("%s and %s do not sort as their days", d, d.AddDays(n))
		}
		if DateOf(d.Time()) != d || DateOf(d.Time().Add(24*time.Hour-1)) != d {
			t.Errorf("%s is not the date of its instants", d)
		}
		if p := d.Period(); d < p.First() || d > p.Last() || d.Year() != p.Year() || p.Last().AddDays(1) != p.Next().First() {
			t.Errorf("%s lies outside of %s…%s", d, p.First(), p.Last())
		}
	})
}

func TestPeriod_Properties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := dates().Draw(t, "date").Period()
		if p.Next().Prev() != p || p.Prev().Next() != p || p.Next() <= p || PeriodOf(p.Year(), p.Month()) != p {
			t.Errorf("%s, %s, %s", p.Prev(), p, p.Next())
		}
		if o := p.Opening(); o >= PeriodOf(p.Year(), 1) || o <= PeriodOf(p.Year()-1, 12) || o.Year() != p.Year() || o.Month() != 0 {
			t.Errorf("the opening %s does not sort between the years", o)
		}
		if got, err := ParsePeriod(p.Chinese()); err != nil || got != p {
			t.Errorf("ParsePeriod(%q) = %s, %v", p.Chinese(), got, err)
		}
	})
}

func TestPeriod_Edges(t *testing.T) {
	for _, c := range []struct{ got, want any }{
		{Period("2026-12").Next(), Period("2027-01")}, {Period("2026-01").Prev(), Period("2025-12")}, {Period("2026-00").Next(), Period("2026-01")},
		{Period("2024-02").Last(), Date("2024-02-29")}, {Period("2100-02").Last(), Date("2100-02-28")}, {Period("2026-12").Last(), Date("2026-12-31")},
		{Period("2026-10").Opening().Chinese(), "2026 年年初"}, {Period("2026-03").Chinese(), "2026 年 3 月"}, {Date("2026-03-05").Chinese(), "2026 年 3 月 5 日"},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
}

func TestDate_PanicsUnparsed(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a date that does not exist was taken")
		}
	}()
	Date("2026-02-30").Time()
}

// FuzzParseDate: what is taken for a date is one, and is written as itself.
func FuzzParseDate(f *testing.F) {
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDate(text)
		if err != nil {
			if d != "" || !fault.Is(err, fault.Invalid) {
				t.Errorf("ParseDate(%q) = %q, %v", text, d, err)
			}
			return
		}
		if again, err := ParseDate(string(d)); err != nil || again != d || len(d) != 10 || d.AddDays(0) != d {
			t.Errorf("ParseDate(%q) = %s, which is %s (%v)", text, d, again, err)
		}
	})
}
