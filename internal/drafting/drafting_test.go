package drafting_test

import (
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/budget"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const (
	townLines = `standard 行政人员基本工资 function=2010301 guarantee; standard 行政人员津贴补贴 function=2010301 guarantee; standard 行政公用定额 function=2010301;
		standard 公务用车运行 function=2010301 quantity=2; project 通村道路硬化 function=2130126 economic=31005 amount=300000 source=X102;
		project 集镇排水 fund=2 function=2120803 economic=31005 amount=120000`
	stationLines = `standard 事业人员基本工资 function=2130104 guarantee; project 农技推广 function=2130106 economic=30299 amount=40000`
	townItems    = `income 1 10101 420000 上年实绩加税源变化; income 1 1100252 380000 提前下达通知; income 1 11009>2 54000; income 2 1030148 180000 出让计划;
		outlay 2 23008>1 54000; outlay 1 227 20000; outlay 1 2300602 14000; outlay 2 23009 6000`
	session = "柳人发〔2026〕2号"
)

// upTo brings a draft to a state by the right people.
func (o *town) upTo(state document.State) {
	o.t.Helper()
	steps := []func(tx *store.Tx) error{
		o.fill(o.accountant, o.unit, townLines), o.fill(o.clerk, o.station, stationLines), o.income(o.accountant, townItems), o.step(drafting.Propose, o.accountant),
		o.controls(o.budget, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: 720_000_00}, drafting.Control{Unit: o.unit.ID, Fund: "2", Amount: 120_000_00},
			drafting.Control{Unit: o.station.ID, Fund: "1", Amount: 130_000_00}),
		o.step(drafting.Submit, o.accountant), o.step(drafting.Review, o.mayor), o.step(drafting.Present, o.mayor),
		o.resolve(o.second, drafting.Session{Number: session, Name: "第十九届人民代表大会第六次会议", On: "2026-01-20"}), o.step(drafting.Confirm, o.head),
	}
	for _, s := range steps {
		if o.now().State == state {
			return
		}
		o.do(s)
	}
}

// TestYear is a township's drafting of 2026: rounds, session, what took effect, the reply, and an adjustment in summer.
func TestYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newTown(t, db, "2026-01-25")
		o.begin(2026, "2025-09-30")
		o.do(o.fill(o.accountant, o.unit, townLines))
		o.do(o.fill(o.clerk, o.station, stationLines))
		o.do(o.income(o.accountant, townItems))
		// Four posts, five heads: four are budgeted. Two of three posts at the station are held.
		want := `柳溪镇 personnel 2010301 30101/50101 1 4×48,000.00=192,000.00
柳溪镇 personnel 2010301 30102/50101 1 4×36,000.00=144,000.00
柳溪镇 office 2010301 30201/50201 1 4×6,000.00=24,000.00
柳溪镇 office 2010301 30231/50208 1 2×25,000.00=50,000.00
柳溪镇 project 2130126 31005/50302 1通村道路硬化 0×0.00=300,000.00
柳溪镇 project 2120803 31005/50302 2集镇排水 0×0.00=120,000.00
柳溪镇农业服务中心 personnel 2130104 30101/50501 1 2×45,000.00=90,000.00
柳溪镇农业服务中心 project 2130106 30299/50502 1农技推广 0×0.00=40,000.00
1: 收入 854,000.00 支出 874,000.00 余 -20,000.00
2: 收入 180,000.00 支出 180,000.00 余 0.00
`
		if got := o.shown(0); got != want {
			t.Errorf("as filled in:\n%swant:\n%s", got, want)
		}
		o.do(o.step(drafting.Propose, o.accountant))
		o.do(o.controls(o.budget, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: 690_000_00}, drafting.Control{Unit: o.unit.ID, Fund: "2", Amount: 120_000_00},
			drafting.Control{Unit: o.station.ID, Fund: "1", Amount: 130_000_00}))
		if said := o.refuse("drafting-over-control", o.step(drafting.Submit, o.accountant)); !strings.Contains(said, "柳溪镇的一般公共预算资金控制数 690,000.00 元,编报 710,000.00 元,超 20,000.00 元") {
			t.Error(said)
		}
		o.do(o.fill(o.accountant, o.unit, strings.Replace(townLines, "amount=300000", "amount=280000", 1)))
		o.do(o.step(drafting.Submit, o.accountant))
		o.do(o.back(o.mayor, "请核实道路项目"))
		if got := o.now().State; got != drafting.Down1 {
			t.Errorf("returned to %s", got)
		}
		o.do(o.step(drafting.Submit, o.accountant))
		o.do(o.step(drafting.Review, o.mayor))
		o.do(o.step(drafting.Present, o.mayor))
		o.do(o.resolve(o.second, drafting.Session{Number: session, Name: "第十九届人民代表大会第六次会议", On: "2026-01-20"}))
		o.refuse("duty-clash", o.step(drafting.Confirm, o.second))
		o.do(o.step(drafting.Confirm, o.head))
		o.approvedAs(`2010301 30101/50101 1 192,000.00
2010301 30102/50101 1 144,000.00
2010301 30201/50201 1 24,000.00
2010301 30231/50208 1 50,000.00
2120803 31005/50302 2 集镇排水 120,000.00
2130104 30101/50501 1 90,000.00
2130106 30299/50502 1 农技推广 40,000.00
2130126 31005/50302 1 通村道路硬化 280,000.00
`, `4001 10101 420,000.00 420,000.00
4002 1030148 180,000.00 180,000.00
4011 1100252 380,000.00 380,000.00
4021 11009 54,000.00 54,000.00
5001 2010301 410,000.00 410,000.00
5001 2130104 90,000.00 90,000.00
5001 2130106 40,000.00 40,000.00
5001 2130126 280,000.00 280,000.00
5001 227 20,000.00 20,000.00
5002 2120803 120,000.00 120,000.00
5012 2300602 14,000.00 14,000.00
5021 23008 54,000.00 54,000.00
3002 23009 6,000.00 6,000.00
`)
		o.obliged("向各部门批复预算 2026-02-09 open; 公开政府预算 2026-02-09 open; 预算报上一级政府备案 2026-02-24 open")
		o.do(o.step(func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
			return drafting.Reply(tx, by, id, version, "2026-01-24", "柳财〔2026〕1号")
		}, o.head))
		version := o.now().Version
		o.do(func(tx *store.Tx) error {
			return drafting.File(tx, o.head, o.draft, version, "2026-01-25", "柳政〔2026〕4号")
		})
		o.do(func(tx *store.Tx) error {
			return drafting.Publish(tx, o.head, o.draft, version+1, "2026-01-25", "https://liuxi.example/2026")
		})
		o.refuse("drafting-done", func(tx *store.Tx) error {
			return drafting.File(tx, o.head, o.draft, version+2, "2026-01-25", "柳政〔2026〕5号")
		})
		o.obliged("向各部门批复预算 2026-02-09 done; 公开政府预算 2026-02-09 done; 公开部门预算 2026-02-13 open; 预算报上一级政府备案 2026-02-24 done")
		o.adjust()
		o.sound()
	})
}

// adjust carries an adjustment through congress in summer: the road costs more, which land income pays; one car goes.
func (o *town) adjust() {
	o.t.Helper()
	o.do(func(tx *store.Tx) error {
		_, err := tx.Exec(`update county set business_date = '2026-07-20'`)
		return err
	})
	before := o.draft
	o.begin(2026, "2025-09-30")
	if d := o.now(); d.Round != 1 || d.Base != before {
		o.t.Fatalf("an adjustment is round %d of %s", d.Round, d.Base)
	}
	changed := strings.NewReplacer("amount=300000 source=X102", "amount=280000 source=X102", "quantity=2", "quantity=1").Replace(townLines) +
		"; project 通村道路硬化 function=2130126 economic=31005 amount=90000 source=X105"
	o.do(o.fill(o.accountant, o.unit, changed))
	o.do(o.income(o.accountant, strings.NewReplacer("11009>2 54000", "11009>2 119000", "1030148 180000", "1030148 245000", "23008>1 54000", "23008>1 119000").Replace(townItems)))
	o.do(o.step(drafting.Propose, o.accountant))
	o.do(o.controls(o.budget, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: 755_000_00}, drafting.Control{Unit: o.unit.ID, Fund: "2", Amount: 120_000_00},
		drafting.Control{Unit: o.station.ID, Fund: "1", Amount: 130_000_00}))
	for _, s := range []func(tx *store.Tx) error{
		o.step(drafting.Submit, o.accountant), o.step(drafting.Review, o.mayor), o.step(drafting.Present, o.mayor),
		o.resolve(o.second, drafting.Session{Number: "柳人发〔2026〕9号", Name: "第十九届人民代表大会第七次会议", On: "2026-07-18"}), o.step(drafting.Confirm, o.head),
	} {
		o.do(s)
	}
	o.approvedAs(`2010301 30101/50101 1 192,000.00
2010301 30102/50101 1 144,000.00
2010301 30201/50201 1 24,000.00
2010301 30231/50208 1 25,000.00
2120803 31005/50302 2 集镇排水 120,000.00
2130104 30101/50501 1 90,000.00
2130106 30299/50502 1 农技推广 40,000.00
2130126 31005/50302 1 通村道路硬化 370,000.00
`, `4001 10101 420,000.00 420,000.00
4002 1030148 180,000.00 245,000.00
4011 1100252 380,000.00 380,000.00
4021 11009 54,000.00 119,000.00
5001 2010301 410,000.00 385,000.00
5001 2130104 90,000.00 90,000.00
5001 2130106 40,000.00 40,000.00
5001 2130126 280,000.00 370,000.00
5001 227 20,000.00 20,000.00
5002 2120803 120,000.00 120,000.00
5012 2300602 14,000.00 14,000.00
5021 23008 54,000.00 119,000.00
3002 23009 6,000.00 6,000.00
`)
}

// approvedAs wants the appropriations and the general budget book's lines.
func (o *town) approvedAs(appropriations, book string) {
	o.t.Helper()
	var gave, set strings.Builder
	o.read(func(tx *store.Tx) error {
		lines, err := appropriation.List(tx, o.budget, 2026, o.unit.Path)
		if err != nil {
			return err
		}
		var rows []string
		for _, l := range lines {
			rows = append(rows, strings.Join(strings.Fields(fmt.Sprintf("%s %s/%s %s %s %s", l.Function, l.Economic, l.GovEconomic, l.Fund, l.Project, l.Available())), " "))
		}
		for _, r := range sorted(rows) {
			fmt.Fprintln(&gave, r)
		}
		all, err := budget.List(tx, o.book, 2026)
		for _, l := range all {
			fmt.Fprintf(&set, "%s %s %s %s\n", l.Account, l.Function, l.Budget, l.Adjusted)
		}
		return err
	})
	if gave.String() != appropriations {
		o.t.Errorf("appropriations:\n%swant:\n%s", gave.String(), appropriations)
	}
	if strings.Join(sorted(strings.Split(set.String(), "\n")), "\n") != strings.Join(sorted(strings.Split(book, "\n")), "\n") {
		o.t.Errorf("budget lines:\n%swant:\n%s", set.String(), book)
	}
}

func (o *town) obliged(want string) {
	o.t.Helper()
	var got []string
	o.read(func(tx *store.Tx) error {
		all, err := obligation.List(tx, county, o.unit.Path, false)
		for _, b := range all {
			got = append(got, fmt.Sprintf("%s %s %s", b.Kind.Title, b.Due, b.State))
		}
		return err
	})
	if strings.Join(sorted(got), "; ") != strings.Join(sorted(strings.Split(want, "; ")), "; ") {
		o.t.Errorf("obligations %s, want %s", strings.Join(got, "; "), want)
	}
}

// sound wants nothing amiss in what can be checked.
func (o *town) sound() {
	o.t.Helper()
	if found := o.flaws(); len(found) > 0 {
		o.t.Error(found)
	}
}

func (o *town) flaws() (out []string) {
	o.t.Helper()
	o.read(func(tx *store.Tx) error {
		drafts, err := drafting.Verify(tx, county)
		if err != nil {
			return err
		}
		standards, err := drafting.VerifyStandards(tx, county)
		if err != nil {
			return err
		}
		for _, f := range append(drafts, standards...) {
			out = append(out, f.Message)
		}
		lines, err := appropriation.Verify(tx, county)
		for _, f := range lines {
			out = append(out, f.Where+f.Message)
		}
		return err
	})
	return out
}
