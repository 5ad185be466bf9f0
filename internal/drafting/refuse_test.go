package drafting_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestRefuses_WhatIsFilledIn: each refusal with a part of its sentence, from a draft that is being filled in.
func TestRefuses_WhatIsFilledIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newTown(t, db, "2026-01-25")
		o.begin(2026, "2025-09-30")
		for _, c := range []struct{ code, say, lines string }{
			{"drafting-amount-typed", "第 1 行:「行政人员基本工资」按标准 48,000.00 元 × 4 人 为 192,000.00 元,填写 200,000.00 元", "standard 行政人员基本工资 function=2010301 amount=200000"},
			{"drafting-heads", "填写 5 人,按花名册和编制为 4 人", "standard 行政人员基本工资 function=2010301 quantity=5"},
			{"drafting-project-missing", "没有写明项目", "project  economic=31005 function=2130126 amount=1"},
			{"drafting-project-basic", "是基本支出,不能写项目", "standard 公务用车运行 function=2010301 quantity=1"},
			{"drafting-line-twice", "第 2 行:与前面的一行相同", "standard 行政公用定额 function=2010301; standard 行政公用定额 function=2010301"},
			{"drafting-standard-unknown", "不能用这项定额标准", "standard 没有 function=2010301"},
			{"drafting-amount", "金额 0.00 元不对", "project 道路 economic=31005 function=2130126"},
			{"drafting-marks", "政府采购、三保标识须一致", "project 道路 economic=31005 function=2130126 amount=1 guarantee; project 道路 economic=31005 function=2130126 amount=1 source=X102"},
			{"appropriation-fund", "列政府性基金预算资金", "project 排水 fund=1 economic=31005 function=2120803 amount=1"},
			{"appropriation-class-coarse", "不够细", "project 道路 economic=31005 function=21301 amount=1"},
			{"drafting-source", "没有选择资金来源", "project 道路 economic=31005 function=2130126 amount=1 source=X999"},
		} {
			lines := o.lines(c.lines)
			switch c.code {
			case "drafting-project-missing":
				lines[0].Project, lines[0].Economic = "", "31005"
			case "drafting-project-basic":
				lines[0].Project = "买车"
			case "drafting-standard-unknown":
				lines[0].Standard = document.NewID()
			}
			said := o.refuse(c.code, func(tx *store.Tx) error { return drafting.SaveLines(tx, o.accountant, o.draft, o.unit.ID, 0, lines) })
			if !strings.Contains(said, c.say) {
				t.Errorf("%s says %s", c.code, said)
			}
		}
		for _, c := range []struct{ code, say, items string }{
			{"drafting-quota", "收入只能是预测,不能写「收入指标」", "income 1 10101 100 县下达收入指标"},
			{"drafting-transfer-counter", "没有写明与哪种资金之间调入、调出", "income 1 11009 100"},
			{"drafting-counter-idle", "不是调入、调出", "income 1 10101>2 100"},
			{"drafting-outlay-class", "是单位的支出", "outlay 1 2010301 100"},
			{"drafting-reserve-fund", "预备费在一般公共预算中设置", "outlay 2 227 100"},
			{"class-unknown", "分类中没有「19999」", "income 1 19999 100"},
			{"drafting-fund", "没有资金性质「8」", "income 8 10101 100"},
			{"drafting-line-twice", "第 2 行", "income 1 10101 100; income 1 10101 100"},
		} {
			if said := o.refuse(c.code, o.income(o.accountant, c.items)); !strings.Contains(said, c.say) {
				t.Errorf("%s says %s", c.code, said)
			}
		}
		o.do(o.fill(o.clerk, o.station, stationLines))
		o.refuse("drafting-part-stale", func(tx *store.Tx) error {
			return drafting.SaveLines(tx, o.clerk, o.draft, o.station.ID, 0, o.lines(stationLines))
		})
		o.refuse("unit-unknown", o.fill(o.clerk, o.unit, townLines)) // another unit's lines are not his
		o.refuse("role-missing", o.income(o.clerk, townItems))
		o.refuse("role-missing", o.fill(o.mayor, o.station, stationLines))
	})
}

// TestRefuses_TheWhole: what no government may let go, one fault at a time in a draft that is right otherwise.
func TestRefuses_TheWhole(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newTown(t, db, "2026-01-25")
		o.begin(2026, "2025-09-30")
		o.upTo(drafting.Up2)
		for _, c := range []struct {
			code, say string
			changes   []string // of the township's items: what stands there, what takes its place
		}{
			{"drafting-deficit", "一般公共预算资金收入 854,000.00 元,支出 874,000.00 元,缺口 20,000.00 元", nil},
			{"drafting-unbalanced", "政府性基金预算资金收入 200,000.00 元,支出 180,000.00 元,尚有 20,000.00 元没有安排", []string{"420000", "440000", "1030148 180000", "1030148 200000"}},
			{"drafting-transfer-one-sided", "调出到一般公共预算资金 54,000.00 元,调入方记 64,000.00 元,相差 10,000.00 元", []string{"420000", "430000", "11009>2 54000", "11009>2 64000"}},
			{"drafting-transfer-one-sided", "调出到一般公共预算资金 0.00 元,调入方记 54,000.00 元", []string{"420000", "440000", "1030148 180000", "1030148 126000", "outlay 2 23008>1 54000; ", ""}},
			{"drafting-reserve", "预备费 8,000.00 元,占一般公共预算支出额 848,000.00 元的 0.94%,应为 1% 至 3%,即 8,480.00 至 25,440.00 元", []string{"420000", "428000", "227 20000", "227 8000"}},
			{"drafting-reserve", "预备费 30,000.00 元", []string{"420000", "450000", "227 20000", "227 30000"}},
		} {
			o.do(o.back(o.head, "修改"))
			changed := strings.NewReplacer(c.changes...).Replace(townItems)
			o.do(o.income(o.accountant, changed))
			o.do(o.step(drafting.Submit, o.accountant))
			if said := o.refuse(c.code, o.step(drafting.Review, o.mayor)); !strings.Contains(said, c.say) {
				t.Errorf("%s says %s", c.code, said)
			}
		}
	})
}

func TestRefuses_Steps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newTown(t, db, "2026-01-25")
		begin := func(by identity.Actor, unit org.Unit, year int, day calendar.Date, notice string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := drafting.Begin(tx, by, drafting.New{Document: document.NewID(), Unit: unit.ID, Year: year, BaseDay: day, Notice: notice})
				return err
			}
		}
		o.refuse("drafting-unit", begin(o.head, o.station, 2026, "2025-09-30", "甲"))
		o.refuse("drafting-year", begin(o.head, o.unit, 2024, "2025-09-30", "甲"))
		o.refuse("drafting-base-day", begin(o.head, o.unit, 2026, "2026-09-30", "甲"))
		o.refuse("drafting-notice", begin(o.head, o.unit, 2026, "2025-09-30", " "))
		o.refuse("role-missing", begin(o.accountant, o.unit, 2026, "2025-09-30", "甲"))
		o.begin(2026, "2025-09-30")
		o.refuse("drafting-standing", begin(o.head, o.unit, 2026, "2025-09-30", "甲"))
		o.refuse("drafting-empty", o.step(drafting.Propose, o.accountant))
		balanced := strings.Replace(townItems, "420000", "440000", 1)
		o.do(o.fill(o.accountant, o.unit, townLines))
		o.do(o.fill(o.clerk, o.station, stationLines))
		o.do(o.income(o.accountant, balanced))
		o.do(o.step(drafting.Propose, o.accountant))
		o.refuse("step-not-now", o.fill(o.clerk, o.station, stationLines))
		o.refuse("drafting-control-missing", o.controls(o.budget))
		o.refuse("drafting-control-twice", o.controls(o.budget, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: 1}, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: 1}))
		o.refuse("drafting-control-unit", o.controls(o.budget, drafting.Control{Unit: o.root.ID, Fund: "1", Amount: 1}))
		o.do(o.controls(o.budget, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: 720_000_00}, drafting.Control{Unit: o.unit.ID, Fund: "2", Amount: 120_000_00},
			drafting.Control{Unit: o.station.ID, Fund: "1", Amount: 130_000_00}))
		// A standard that the county raises in between is not used silently.
		o.setStandard(drafting.Standard{Title: "行政公用定额", PostKind: "administrative", Economic: "30201", Amount: 5_500_00, On: "2025-06-01", Basis: "青财预〔2025〕18号"})
		if said := o.refuse("drafting-outdated", o.step(drafting.Submit, o.accountant)); !strings.Contains(said, "柳溪镇的定额行与现在的花名册、编制或标准不符") {
			t.Error(said)
		}
		o.do(o.fill(o.accountant, o.unit, townLines))
		o.do(o.income(o.accountant, strings.Replace(townItems, "420000", "438000", 1)))
		o.do(o.step(drafting.Submit, o.accountant))
		o.refuse("role-missing", o.step(drafting.Review, o.head))
		o.refuse("reason-missing", o.back(o.mayor, " "))
		o.do(o.step(drafting.Review, o.mayor))
		o.do(o.step(drafting.Present, o.mayor))
		o.refuse("step-not-now", o.step(drafting.Confirm, o.head))
		o.refuse("drafting-session-missing", o.resolve(o.second, drafting.Session{Name: "第六次会议", On: "2026-01-20"}))
		o.refuse("drafting-session-name", o.resolve(o.second, drafting.Session{Number: session, On: "2026-01-20"}))
		o.refuse("drafting-session-day", o.resolve(o.second, drafting.Session{Number: session, Name: "第六次会议", On: "2026-02-20"}))
		o.do(o.resolve(o.second, drafting.Session{Number: session, Name: "第六次会议", On: "2026-01-20"}))
		stale := func(tx *store.Tx) error {
			_, err := drafting.Confirm(tx, o.head, o.draft, 1)
			return err
		}
		o.refuse("document-stale", stale)
		o.do(o.step(drafting.Confirm, o.head))
		o.refuse("drafting-no-return", o.back(o.head, "重来"))
		o.refuse("drafting-reply-number", o.step(func(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
			return drafting.Reply(tx, by, id, version, "2026-01-24", " ")
		}, o.head))
		elsewhere := identity.Actor{County: county, Person: 900, Grants: []identity.Grant{{Role: identity.OfficeHead, Unit: 999, Path: "/999/"}}}
		o.refuse("drafting-unknown", o.step(drafting.Confirm, elsewhere))
		o.sound()
	})
}

func TestStandards_Refuse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newTown(t, db, "2026-01-25")
		right := drafting.Standard{Title: "水电", Measure: "平方米", Economic: "30206", Amount: 20_00, On: "2025-01-01", Basis: "青财预〔2025〕1号"}
		for code, change := range map[string]func(s *drafting.Standard){
			"standard-title": func(s *drafting.Standard) { s.Title = " " }, "standard-basis": func(s *drafting.Standard) { s.Basis = "" },
			"standard-amount": func(s *drafting.Standard) { s.Amount = 0 }, "standard-measure": func(s *drafting.Standard) { s.Measure = "" },
			"standard-class": func(s *drafting.Standard) { s.Economic = "302" }, "unit-kind-unknown": func(s *drafting.Standard) { s.UnitKind = "x" },
			"roster-kind": func(s *drafting.Standard) { s.PostKind = "x" }, "date-malformed": func(s *drafting.Standard) { s.On = "x" },
		} {
			s := right
			s.Document = document.NewID()
			change(&s)
			o.refuse(code, func(tx *store.Tx) error { return drafting.SetStandard(tx, o.budget, s) })
		}
		right.Document = document.NewID()
		o.refuse("role-missing", func(tx *store.Tx) error { return drafting.SetStandard(tx, o.head, right) })
		o.do(func(tx *store.Tx) error { return drafting.SetStandard(tx, o.budget, right) })
		o.refuse("document-exists", func(tx *store.Tx) error { return drafting.SetStandard(tx, o.budget, right) })
		o.refuse("duty-clash", func(tx *store.Tx) error { return drafting.CheckStandard(tx, o.budget, right.Document, 1) })
		o.refuse("reason-missing", func(tx *store.Tx) error { return drafting.ReturnStandard(tx, o.other2, right.Document, 1, "") })
		o.do(func(tx *store.Tx) error {
			return drafting.ReturnStandard(tx, o.other2, right.Document, 1, "标准不对")
		})
		o.read(func(tx *store.Tx) error {
			all, err := drafting.StandardsOn(tx, county, org.Township, "2026-01-01")
			for _, s := range all {
				if s.Title == "水电" {
					t.Error("a returned standard is in force")
				}
			}
			return err
		})
	})
}
