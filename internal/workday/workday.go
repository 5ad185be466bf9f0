// Package workday tells working days from days of rest.
//
// Three sources, the later before the earlier: Monday to Friday; the State Council's yearly notices, which ship with the
// program (national.csv); what the county sets by a document of its own with the number of the notice it follows (a
// notice that came after the program, or a holiday of its own). A year is known once a notice arranges it as a whole;
// until then an answer that touches it is provisional and says so.
package workday

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/store"
)

// Day is what a notice says of one day.
type Day struct {
	Date       calendar.Date
	Rest       bool // else people work, whatever the day of the week
	Name       string
	DocumentNo string
	Notice     string // the county's document; empty: the national notice
}

// Word is what the day is for.
func (d Day) Word() string {
	if d.Rest {
		return restWord
	}
	return workWord
}

const (
	restWord = "休假"
	workWord = "上班"
)

// ParseWord reads what Word writes.
func ParseWord(s string) (rest, ok bool) { return s == restWord, s == restWord || s == workWord }

// Words are what a day may be arranged as.
func Words() []string { return []string{restWord, workWord} }

//go:embed national.csv
var nationalFile string

// national are the days of the shipped notices, by date, and the years that they arrange.
var national, nationalYears = readNational(nationalFile)

func readNational(text string) (map[calendar.Date]Day, map[int]string) {
	days, years := map[calendar.Date]Day{}, map[int]string{}
	for line := range strings.Lines(text[strings.IndexByte(text, '\n')+1:]) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		d := Day{Date: calendar.Date(cells[0]), Rest: cells[1] == restWord, Name: cells[2], DocumentNo: cells[3]}
		days[d.Date] = d
		years[d.Date.Year()] = d.DocumentNo
	}
	return days, years
}

// Calendar is the working calendar of a county as it stands.
type Calendar struct {
	days  map[calendar.Date]Day
	years map[int]string // known years with the number of the notice that arranges them
}

// Read gives the calendar of a county.
func Read(tx *store.Tx, county int64) (*Calendar, error) {
	c := &Calendar{days: map[calendar.Date]Day{}, years: map[int]string{}}
	for date, d := range national {
		c.days[date] = d
	}
	for year, no := range nationalYears {
		c.years[year] = no
	}
	notices, err := List(tx, county)
	if err != nil {
		return nil, err
	}
	for _, n := range notices { // oldest first: the last word counts
		if n.State != InForce {
			continue
		}
		if n.Year != 0 {
			c.years[n.Year] = n.DocumentNo
			for date, d := range c.days { // a notice of the whole year leaves nothing of the former one
				if date.Year() == n.Year && d.Notice == "" {
					delete(c.days, date)
				}
			}
		}
		for _, d := range n.Days {
			c.days[d.Date] = d
		}
	}
	return c, nil
}

// Known gives the number of the notice that arranges a year; empty where none does.
func (c *Calendar) Known(year int) string { return c.years[year] }

// Days gives what notices say of the days of a year, in order.
func (c *Calendar) Days(year int) []Day {
	var out []Day
	for date, d := range c.days {
		if date.Year() == year {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Day) int { return strings.Compare(string(a.Date), string(b.Date)) })
	return out
}

// Working reports whether people work on a day.
func (c *Calendar) Working(on calendar.Date) bool {
	if d, said := c.days[on]; said {
		return !d.Rest
	}
	weekday := on.Time().Weekday()
	return weekday != time.Saturday && weekday != time.Sunday
}

// Answer is a day, with what is not sure about it.
type Answer struct {
	Date    calendar.Date
	Unknown int // a year that no notice arranges yet and that the answer rests on; 0: the answer is final
}

// Provisional says in words why an answer may change; empty where it may not.
func (a Answer) Provisional() string {
	if a.Unknown == 0 {
		return ""
	}
	return fmt.Sprintf("%d 年放假安排尚未公布,暂按周一至周五推算", a.Unknown)
}

// touch marks an answer that rests on a year that is not known.
func (c *Calendar) touch(a *Answer, on calendar.Date) {
	if a.Unknown == 0 && c.years[on.Year()] == "" {
		a.Unknown = on.Year()
	}
}

// After gives the n-th working day after a day, which does not count itself. n is not negative; 0 gives the day.
func (c *Calendar) After(from calendar.Date, n int) Answer {
	a := Answer{Date: from}
	for n > 0 {
		a.Date = a.Date.AddDays(1)
		c.touch(&a, a.Date)
		if c.Working(a.Date) {
			n--
		}
	}
	return a
}

// OnOrAfter gives a day itself where people work on it, else the next working day.
func (c *Calendar) OnOrAfter(on calendar.Date) Answer {
	a := Answer{Date: on}
	c.touch(&a, on)
	for !c.Working(a.Date) {
		a.Date = a.Date.AddDays(1)
		c.touch(&a, a.Date)
	}
	return a
}

// Between counts the working days after one day up to another, which counts; unknown is as in Answer.
func (c *Calendar) Between(after, to calendar.Date) (n, unknown int) {
	var a Answer
	for day := after.AddDays(1); day <= to; day = day.AddDays(1) {
		c.touch(&a, day)
		if c.Working(day) {
			n++
		}
	}
	return n, a.Unknown
}
