package web

import (
	"crypto/subtle"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/setup"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// startRoutes make the first county. They are there while the database has none, for whoever knows the code that the
// program printed when it was started.
func startRoutes(c Config) []route {
	if c.StartCode == "" {
		return nil
	}
	return []route{
		{pattern: "GET /start", title: "建立县", right: public, show: showStart},
		{pattern: "POST /start", title: "建立县", right: public, do: startCounty},
	}
}

// StartPath is the address under which the first county is made.
func StartPath(code string) string { return "/start?" + url.Values{"code": {code}}.Encode() }

// startPage chooses the county, its year, and what is made with it.
type startPage struct {
	Base
	Code    string
	Query   string
	Found   []startChoice
	More    int // found beyond those shown
	Year    string
	Offices bool
	Charts  []choice
	Made    *setup.Made
	Then    []nextStep // what follows, stage by stage
}

// startChoice is a county that may be meant.
type startChoice struct {
	Code, Name       string
	On               bool
	Townships, Below int // where it is the only one: what would be made
}

// startMost is how many counties one look-up offers.
const startMost = 20

// mayStart asks for the code; once there is a county the page is gone.
func (c *call) mayStart(code string) error {
	if c.server.started.Load() || subtle.ConstantTimeCompare([]byte(code), []byte(c.server.StartCode)) != 1 {
		return notThere()
	}
	return nil
}

func showStart(c *call, _ *store.Tx) (answer, error) {
	if err := c.mayStart(c.query("code")); err != nil {
		return answer{}, err
	}
	p := newStartPage(c.query("code"), c.query("q"), strconv.Itoa(c.server.Clock().Year()), true, chartOrder)
	if err := p.find(""); err != nil {
		return redraw("start/county", p, err)
	}
	return show("start/county", p)
}

// startCharts offers the charts of books, with those ticked that are asked for.
func startCharts(on []ledger.ChartName) []choice {
	titles := map[ledger.ChartName]string{
		ledger.Government: "每个乡镇一套机关账(政府会计制度)", ledger.GeneralBudget: "每个乡镇一套财政总会计账", ledger.Village: "每个村一套集体经济组织账",
	}
	var out []choice
	for _, chart := range chartOrder {
		out = append(out, choice{Value: string(chart), Title: titles[chart], On: slices.Contains(on, chart)})
	}
	return out
}

// newStartPage is the page with what every drawing of it shows.
func newStartPage(code, query, year string, offices bool, charts []ledger.ChartName) *startPage {
	p := &startPage{Code: code, Query: query, Year: year, Offices: offices, Charts: startCharts(charts)}
	p.Styles = []string{"start.css"}
	for _, stage := range setup.Stages() {
		p.Then = append(p.Then, nextStep{What: nextSteps[stage].what, Who: whoOf(stage)})
	}
	return p
}

// find looks the county up; chosen is the code that was ticked.
func (p *startPage) find(chosen string) error {
	if p.Query == "" {
		return nil
	}
	counties, err := setup.Counties(p.Query)
	if err != nil {
		return err
	}
	if len(counties) == 0 {
		return fault.Newf(fault.NotFound, "division-unknown", "请用县的全名、六位代码或拼音首字母", "区划表中没有县「%s」", p.Query).In("q")
	}
	p.More = max(len(counties)-startMost, 0)
	for _, d := range counties[:min(len(counties), startMost)] {
		p.Found = append(p.Found, startChoice{Code: d.Code, Name: d.FullName, On: d.Code == chosen || len(counties) == 1})
	}
	if len(counties) > 1 {
		return nil
	}
	below, err := setup.Divisions(counties[0])
	if err != nil {
		return err
	}
	for _, d := range below {
		switch d.Level {
		case standard.Township:
			p.Found[0].Townships++
		case standard.VillageOrBlock:
			p.Found[0].Below++
		}
	}
	return nil
}

// startCounty makes the county and shows the passwords of its three administrators, once.
func startCounty(c *call) (answer, error) {
	if err := c.mayStart(c.form("code")); err != nil {
		return answer{}, err
	}
	var charts []ledger.ChartName
	for _, name := range c.r.PostForm["chart"] {
		charts = append(charts, ledger.ChartName(name))
	}
	p := newStartPage(c.form("code"), c.form("q"), c.form("year"), c.form("offices") != "", charts)
	if err := p.find(c.form("county")); err != nil {
		return redraw("start/county", p, err)
	}
	made, err := p.make(c, charts)
	if err != nil {
		return redraw("start/county", p, err)
	}
	c.server.started.Store(true)
	p.Made = &made
	p.Title = fmt.Sprintf("已建立%s", made.Name)
	return show("start/county", p)
}

func (p *startPage) make(c *call, charts []ledger.ChartName) (setup.Made, error) {
	if c.form("county") == "" {
		return setup.Made{}, fault.New(fault.Invalid, "start-no-county", "请先查找并选择县", "没有选择县").In("q")
	}
	county, err := setup.Find(c.form("county"))
	if err != nil {
		return setup.Made{}, err
	}
	year, err := strconv.Atoi(p.Year)
	if err != nil {
		return setup.Made{}, fault.Newf(fault.Invalid, "setup-year", "请填四位年度,如 2026", "启用年度「%s」不是数字", p.Year).In("year")
	}
	return setup.Make(c.r.Context(), c.server.DB, c.server.Keys, setup.Request{Division: county, Year: year, Offices: p.Offices, Charts: charts})
}
