package web

import (
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/workday"
)

// workdayRoutes are the county's working calendar.
func workdayRoutes() []route {
	return []route{
		{pattern: "GET /workdays", title: "工作日历", right: signedIn, show: showWorkdays},
		{pattern: "POST /workdays", title: "登记放假安排", right: only(workday.Keepers...), do: setWorkdays},
		{pattern: "POST /workdays/{workday}/withdraw", title: "撤回放假安排", right: only(workday.Keepers...), do: withdrawWorkdays},
	}
}

// workdaysPage is a year's days, month by month, and what the county has set.
type workdaysPage struct {
	Base
	Year       int
	No         string // of the notice that arranges the year; empty: none does
	Months     []workMonth
	Head       []int
	Notices    []workNotice
	Keeper     bool
	Document   string
	DocumentNo string
	First      string
	Last       string
	Words      []choice
	Name       string
}

type workMonth struct {
	Month   int
	Cells   []workCell
	Working int
}

// workCell is a day, or none where the month is shorter.
type workCell struct {
	Mark  string // 休, 班, 末; empty: an ordinary working day
	Class string
	Title string
}

type workNotice struct {
	workday.Notice
	By     string
	When   string
	Status string
	Class  string
	Span   string
	Can    bool
}

func showWorkdays(c *call, tx *store.Tx) (answer, error) {
	p, err := c.workdaysPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("rule/workdays", p)
}

func (c *call) workdaysPage(tx *store.Tx) (*workdaysPage, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &workdaysPage{Year: today.Year(), Document: document.NewID()}
	p.Styles = []string{"admin.css", "workday.css"}
	if text := c.query("year"); text != "" {
		year, err := strconv.Atoi(text)
		if err != nil || year < 2000 || year > 2099 {
			return nil, fault.Newf(fault.Invalid, "year-malformed", "请填写 2000 至 2099 之间的年度", "年度「%s」写法不对", text).In("year")
		}
		p.Year = year
	}
	days, err := workday.Read(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p.fill(days)
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p.Keeper = c.actor.Has(root.Path, workday.Keepers...)
	for _, w := range workday.Words() {
		p.Words = append(p.Words, choice{Value: w, Title: w})
	}
	return p, p.notices(c, tx)
}

// fill lays the year out.
func (p *workdaysPage) fill(days *workday.Calendar) {
	p.No = days.Known(p.Year)
	said := map[calendar.Date]workday.Day{}
	for _, d := range days.Days(p.Year) {
		said[d.Date] = d
	}
	for day := 1; day <= 31; day++ {
		p.Head = append(p.Head, day)
	}
	for month := 1; month <= 12; month++ {
		period := calendar.PeriodOf(p.Year, month)
		m := workMonth{Month: month, Cells: slices.Repeat([]workCell{{Class: "never"}}, 31)}
		for date := period.First(); date <= period.Last(); date = date.AddDays(1) {
			cell := &m.Cells[date.Time().Day()-1]
			*cell = workCell{}
			working := days.Working(date)
			d, arranged := said[date]
			switch {
			case arranged && d.Rest:
				*cell = workCell{"休", "rest", d.Name + " " + d.DocumentNo}
			case arranged:
				*cell = workCell{"班", "make-up", d.Name + " " + d.DocumentNo}
			case !working:
				*cell = workCell{"末", "weekend", ""}
			}
			if working {
				m.Working++
			}
		}
		p.Months = append(p.Months, m)
	}
}

func (p *workdaysPage) notices(c *call, tx *store.Tx) error {
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return err
	}
	all, err := workday.List(tx, c.actor.County)
	for i := len(all) - 1; i >= 0; i-- {
		n := all[i]
		row := workNotice{Notice: n, By: names[n.Person], When: clock(n.At), Status: "有效", Class: "ok", Can: p.Keeper && n.State == workday.InForce}
		if n.State != workday.InForce {
			row.Status, row.Class = "已撤回", "wait"
		}
		first, last := n.Days[0], n.Days[len(n.Days)-1]
		row.Span = fmt.Sprintf("%s %s %s", first.Date, first.Word(), first.Name)
		if len(n.Days) > 1 {
			row.Span = fmt.Sprintf("%s 至 %s 共 %d 天", first.Date, last.Date, len(n.Days))
		}
		p.Notices = append(p.Notices, row)
	}
	return err
}

// workdaysMost is the longest run of days that the form takes; a whole year comes as a file.
const workdaysMost = 31

func setWorkdays(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	n := workday.Notice{Document: id, DocumentNo: c.form("no")}
	err = c.fillWorkdays(&n)
	if err == nil {
		err = c.write(func(tx *store.Tx) error { return workday.Set(tx, c.actor, n) })
	}
	if err == nil || document.IsTaken(err) {
		return goTo("/workdays?year=" + strconv.Itoa(n.Days[0].Date.Year()))
	}
	return formAgain(c, "rule/workdays", err, c.workdaysPage, func(p *workdaysPage) {
		p.Document, p.DocumentNo, p.First, p.Last, p.Name = id, c.form("no"), c.form("first"), c.form("last"), c.form("name")
		for i := range p.Words {
			p.Words[i].On = p.Words[i].Value == c.form("is")
		}
	})
}

// fillWorkdays reads the run of days that the form names.
func (c *call) fillWorkdays(n *workday.Notice) error {
	first, err := calendar.ParseDate(c.form("first"))
	if err != nil {
		return fieldFault(err, "first")
	}
	last := first
	if c.form("last") != "" {
		if last, err = calendar.ParseDate(c.form("last")); err != nil {
			return fieldFault(err, "last")
		}
	}
	if days := daysBetween(first, last) + 1; last < first || days > workdaysMost {
		return fault.Newf(fault.Invalid, "workday-span", fmt.Sprintf("请填写先后正确、不超过 %d 天的起止日期;全年安排请用导入", workdaysMost),
			"%s 至 %s 不是一段可登记的日期", first, last).In("last")
	}
	rest, ok := workday.ParseWord(c.form("is"))
	if !ok {
		return fault.New(fault.Invalid, "workday-word", "没有选择休假还是上班", "请选择一项").In("is")
	}
	for day := first; day <= last; day = day.AddDays(1) {
		n.Days = append(n.Days, workday.Day{Date: day, Rest: rest, Name: c.form("name")})
	}
	return nil
}

func withdrawWorkdays(c *call) (answer, error) {
	id := c.r.PathValue("workday")
	err := c.write(func(tx *store.Tx) error {
		return workday.Withdraw(tx, c.actor, id, c.number("version"), c.form("reason"))
	})
	if err == nil || c.taken(id, c.number("version"), "withdraw") {
		return goTo("/workdays")
	}
	return formAgain(c, "rule/workdays", err, c.workdaysPage, nil)
}
