package web

import (
	"strings"
	"testing"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// TestPictures: each picture has its table, its marks lead to rows that are there, and it tells of no other township.
func TestPictures(t *testing.T) {
	s := newSite(t)
	own, foreign := s.townships()
	running := ledger.Dims{Function: "2010301", Economic: "30201"}
	s.world.Post(t, "kuaiji", "shenhe", document.NewID(), "LX01", "2026-10-08",
		ledger.Line{Account: "500102", Summary: "付办公用品款", Debit: 126050, Dims: running}, ledger.Line{Account: "400101", Summary: "付办公用品款", Credit: 126050},
		ledger.Line{Account: "71010101", Summary: "付办公用品款", Debit: 126050, Dims: running}, ledger.Line{Account: "60010102", Summary: "付办公用品款", Credit: 126050, Dims: ledger.Dims{Function: "2010301"}})
	p := s.signIn("suozhang")
	for kind, want := range map[string][]string{
		"months":    {"柳溪镇政府机关 1 月:已结账", "柳溪镇政府机关 2 月:逾期", "/books/" + own.Book + "?period=2026-02", "逾期 "},
		"classes":   {"收入合计 8,260.50 元", "4001 财政拨款收入", "201 一般公共服务支出 1,260.50 元,占 100.00%", "account=5001"},
		"execution": {"没有总预算账套"},
	} {
		path := "/units/" + own.Unit + "/pictures/" + kind
		got := s.get(p, path).body
		if kind != "execution" && (!strings.Contains(got, "<svg") || !strings.Contains(got, "<desc") || !strings.Contains(got, "<tbody>")) {
			t.Errorf("%s has no picture, or no table beneath", kind)
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s does not say %q", kind, w)
			}
		}
		if strings.Contains(got, "云溪") {
			t.Errorf("%s tells of another township", kind)
		}
		_, svg, _ := strings.Cut(got, "<svg")
		svg, _, _ = strings.Cut(svg, "</svg>")
		for _, link := range strings.Split(svg, `href="`)[1:] {
			to, _, _ := strings.Cut(link, `"`)
			if r := s.get(p, strings.ReplaceAll(to, "&amp;", "&")); r.status != 200 {
				t.Errorf("%s: a mark leads to %s: %d", kind, to, r.status)
			}
		}
		if r := s.get(p, "/units/"+foreign.Unit+"/pictures/"+kind); r.status != 404 {
			t.Errorf("%s of another township: %d", kind, r.status)
		}
	}
	county := s.get(s.signIn("guoku"), "/units/1/pictures/months").body
	if !strings.Contains(county, "云溪乡政府机关 2 月:逾期") || !strings.Contains(county, "柳溪镇政府机关") {
		t.Error("the county does not see all its books")
	}
}

// TestMonths_BeforeABookBegins: the months before a book are dots in picture and table, and the legend says since when it is kept.
func TestMonths_BeforeABookBegins(t *testing.T) {
	s := newSite(t)
	s.world.Write(t, func(tx *store.Tx) error {
		_, err := ledger.CreateBook(tx, webtest.County, ledger.NewBook{Code: "LX-ZYS", Name: "柳溪镇总预算", Unit: s.world.Units["柳溪镇"].ID, Chart: ledger.GeneralBudget, Start: "2026-10"})
		return err
	})
	page := s.get(s.signIn("guoku"), "/units/1/pictures/months").body
	svg, table, _ := strings.Cut(page, "</svg>")
	if n := strings.Count(svg, ">·</text>"); n != 9 || strings.Count(table, "· 建账前") != n {
		t.Errorf("%d dots for nine months, %d in the table", n, strings.Count(table, "· 建账前"))
	}
	for _, want := range []string{"· 建账以前", "1 行自 2026 年 10 月起建账", "柳溪镇总预算 10 月:未开始"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestExecuted: a rate against the share of the year, in words; what has no budget is never on time.
func TestExecuted(t *testing.T) {
	for _, c := range []struct {
		actual, budget int64
		rate, against  string
		over           bool
	}{
		{8110, 10000, "81.10%", "与时间进度相同", false}, {9000, 10000, "90.00%", "快 8.90 个百分点", false}, {5000, 10000, "50.00%", "慢 31.10 个百分点", false},
		{12000, 10000, "120.00%", "超预算 20.00 元", true}, {1, 0, "无预算", "没有预算数", true}, {0, 0, "无预算", "没有预算数", false},
	} {
		rate, against, over := executed(money.Fen(c.actual), money.Fen(c.budget), 8110)
		if rate != c.rate || against != c.against || over != c.over {
			t.Errorf("%d of %d: %s, %s, %v", c.actual, c.budget, rate, against, over)
		}
	}
	if got := yearGone("2026-10", "2026-10-23"); got != 8110 {
		t.Errorf("on 23 October %d of the year is gone", got)
	}
	if got := yearGone("2025-12", "2026-10-23"); got != 10000 {
		t.Errorf("of a past year %d is gone", got)
	}
}

// TestExecution_SomeWithoutBudget: where some books have no budget, picture and table name them and tell no rate; with all
// budgets they do.
func TestExecution_SomeWithoutBudget(t *testing.T) {
	s := newSite(t)
	books := map[string]ledger.Book{}
	s.world.Write(t, func(tx *store.Tx) error {
		for code, unit := range map[string]string{"LX-ZYS": "柳溪镇", "YX-ZYS": "云溪乡"} {
			b, err := ledger.CreateBook(tx, webtest.County, ledger.NewBook{Code: code, Name: unit + "总预算", Unit: s.world.Units[unit].ID, Chart: ledger.GeneralBudget, Start: "2026-01"})
			if err != nil {
				return err
			}
			books[unit] = b
		}
		return nil
	})
	for unit, people := range map[string][2]string{"柳溪镇": {"kuaiji", "shenhe"}, "云溪乡": {"yunxi", "yunshen"}} {
		spent := ledger.Dims{Function: "2010301", Economic: "50201"}
		maker, checker := s.world.Actor(t, people[0]), s.world.Actor(t, people[1])
		s.world.Write(t, func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, maker, checker, document.NewID(), ledger.Voucher{
				Book: books[unit].ID, Date: "2026-10-09", Word: "记", Kind: ledger.Ordinary, Lines: []ledger.Line{
					{Account: "5001", Summary: "拨付办公经费", Debit: 90000, Dims: spent}, {Account: "1001", Summary: "拨付办公经费", Credit: 90000},
				},
			})
			return err
		})
	}
	set := func(login, unit string) {
		by := s.world.Actor(t, login)
		s.world.Write(t, func(tx *store.Tx) error {
			_, err := budget.Set(tx, by, document.NewID(), books[unit].ID, 2026, []budget.Line{
				{Account: "5001", Function: "201", Budget: 100000, Adjusted: 100000}, {Account: "3001", Function: "11008", Budget: 100000, Adjusted: 100000},
			})
			return err
		})
	}
	set("kuaiji", "柳溪镇")
	p := s.signIn("guoku")
	picture, table := "/units/1/pictures/execution", "/units/1/statements/general-budget?chart=general-budget&from=2026-01&to=2026-10"
	for _, path := range []string{picture, table} {
		got := s.get(p, path).body
		if !strings.Contains(got, "1 套账套没有登记 2026 年预算数:云溪乡总预算") || !strings.Contains(got, "1,800.00") || strings.Contains(got, "180.00%") || path == picture && strings.Contains(got, "<svg id") {
			t.Errorf("%s tells a rate, or does not say which book has no budget", path)
		}
	}
	set("yunxi", "云溪乡")
	for _, path := range []string{picture, table} {
		if got := s.get(p, path).body; !strings.Contains(got, "90.00%") || strings.Contains(got, "没有登记") {
			t.Errorf("%s does not measure what all budgets measure", path)
		}
	}
}

// TestSums_OfWhatIsRead: who reads one village and holds another role over the county, sees the county's page, and on it
// nothing but the village: neither money nor who has work under way.
func TestSums_OfWhatIsRead(t *testing.T) {
	s := newSite(t)
	s.townships()
	for book, fen := range map[string]money.Fen{"LX-SQ": 222200, "YX-DP": 333300} {
		maker, checker := "kuaiji", "shenhe"
		if book == "YX-DP" {
			maker, checker = "yunxi", "yunshen"
		}
		s.world.Post(t, maker, checker, document.NewID(), book, "2026-10-09",
			ledger.Line{Account: "102", Summary: "收承包费", Debit: fen}, ledger.Line{Account: "50104", Summary: "收承包费", Credit: fen})
	}
	login := s.world.Grant(t, identity.VillageClerk, "石桥村")
	s.world.Write(t, func(tx *store.Tx) error {
		l, err := identity.FindLogin(tx, webtest.County, login)
		if err != nil {
			return err
		}
		return identity.BootstrapGrant(tx, webtest.County, identity.NewGrant{Login: l.ID, Role: identity.Receipts, Unit: s.world.Units["青岚县"].ID, From: "2020-01-01"})
	})
	p := s.signIn(login)
	if got := s.get(p, "/units/1/pictures/classes").body; !strings.Contains(got, "收入合计 2,222.00 元") || strings.Contains(got, "5,555.00") {
		t.Error("the picture adds up books that the person does not read")
	}
	if got := s.get(p, "/units/1/books").body; !strings.Contains(got, "石桥村") || strings.Contains(got, "云会计") {
		t.Error("the page counts work in books that the person does not read")
	}
	if got := s.get(s.signIn("guoku"), "/units/1/pictures/classes?chart=village").body; !strings.Contains(got, "收入合计 5,555.00 元") {
		t.Error("the county's treasury does not see all villages")
	}
}
