// Package demo makes the invented county, 青岚县 (990001), always the same: its units and people, two years of vouchers
// in the books of one township office, openings and the current month in the books of all others, with the year's budget
// and what its months before came to in their general budgets.
//
// It keeps these invariants: no real place or person; the same business data in every build, because every choice
// comes from seeded generators and every document id from a counter; every voucher passes the ledger's own checks and
// comes through its own steps; makers and checkers are different people with roles over those units; what the general
// budget paid for the township's stations and villages is what those booked, and the villages' banks together are the
// office's entrusted account.
package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// The invented county. No region's code begins with 99, and no county bears the name.
const (
	County       int64         = 990001
	Name                       = "青岚县"
	BusinessDate calendar.Date = "2026-10-23"
)

const (
	from          calendar.Date = "2020-01-01" // units and roles exist since
	firstYear                   = 2025
	historyEnd    calendar.Date = "2026-10-20" // up to it everything is posted
	historyEndDay               = 20
)

// Size says how much of the county is made. Tests make less than Whole.
type Size struct {
	Townships int // besides 柳溪镇
	Villages  int // of 柳溪镇
}

// Whole is the whole county.
var Whole = Size{Townships: len(towns) - 1, Villages: len(villages)}

// Summary is what a build comes to.
type Summary struct {
	Made         bool          `json:"made"` // false: it was there already
	County       int64         `json:"county"`
	Name         string        `json:"name"`
	BusinessDate calendar.Date `json:"business_date"`
	Units        int64         `json:"units"`
	Persons      int64         `json:"persons"`
	Books        int64         `json:"books"`
	Vouchers     int64         `json:"vouchers"` // posted
	Entries      int64         `json:"entries"`
	Drafts       int64         `json:"drafts"` // not posted, void ones among them
	People       []Person      `json:"people"`
}

// Build makes the invented county where it is absent. progress, which may be nil, is told what is being made.
//
// It takes many steps. One that was interrupted leaves a county without the last document of a build; that is refused
// with the way out, because nobody enters real business beside half of an invented one.
func Build(ctx context.Context, db *store.DB, keys *identity.Keys, progress func(string)) (Summary, error) {
	return BuildSize(ctx, db, keys, Whole, progress)
}

// BuildSize is Build for a part of the county.
func BuildSize(ctx context.Context, db *store.DB, keys *identity.Keys, size Size, progress func(string)) (Summary, error) {
	if progress == nil {
		progress = func(string) {}
	}
	done, err := find(ctx, db)
	if err != nil {
		return Summary{}, err
	}
	if !done {
		b := &build{ctx: ctx, db: db, keys: keys, progress: progress, towns: plan(size)}
		if err := b.run(); err != nil {
			return Summary{}, fmt.Errorf("demo.Build: %w", err)
		}
	}
	s, err := summarise(ctx, db)
	s.Made = !done
	return s, err
}

// find tells whether the county is there and complete.
func find(ctx context.Context, db *store.DB) (done bool, err error) {
	err = db.Read(ctx, func(tx *store.Tx) error {
		if _, err := org.Root(tx, County); fault.Is(err, fault.NotFound) {
			return nil
		} else if err != nil {
			return err
		}
		_, err := document.Get(tx, County, lastDocument)
		done = err == nil
		if fault.Is(err, fault.NotFound) {
			return fault.Newf(fault.Refused, "demo-incomplete", "请换一个数据目录,或删除该数据目录后重新运行 demo",
				"库中已有编码为 %d 的县,但不是完整的演示数据(上次生成可能中断)", County)
		}
		return err
	})
	return done, err
}

func summarise(ctx context.Context, db *store.DB) (Summary, error) {
	s := Summary{County: County, Name: Name, BusinessDate: BusinessDate}
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		for _, c := range []struct {
			table string
			n     *int64
		}{
			{"unit", &s.Units}, {"person", &s.Persons}, {"book", &s.Books}, {"voucher", &s.Vouchers}, {"entry", &s.Entries},
			{"voucher_draft", &s.Drafts},
		} {
			if err := tx.QueryRow(`select count(*) from `+c.table+` where county_id = $1`, County).Scan(c.n); err != nil {
				return fmt.Errorf("demo: count of %s: %w", c.table, err)
			}
		}
		s.People, err = People(tx)
		return err
	})
	return s, err
}

// townPlan is a township as it is built.
type townPlan struct {
	town
	full         bool // with two years of books
	villageNames []string
}

func plan(size Size) []townPlan {
	var all []townPlan
	others := 0
	for i, t := range towns[:1+size.Townships] {
		p := townPlan{town: t, full: i == 0}
		if !p.full {
			others += t.villages
		}
		all = append(all, p)
	}
	made := villageNames(others)
	for i := range all {
		p := &all[i]
		if p.full {
			for _, v := range villages[:size.Villages] {
				p.villageNames = append(p.villageNames, v.name)
			}
			continue
		}
		p.villageNames, made = made[:p.town.villages], made[p.town.villages:]
	}
	return all
}

// build is one build under way.
type build struct {
	ctx      context.Context
	db       *store.DB
	keys     *identity.Keys
	progress func(string)

	towns      []townPlan
	units      units
	logins     map[string]int64
	townPeople []int64 // on the posts of the township whose budget was approved
	ids        ids
}

// write runs a step. A step that the store runs again takes the same document ids again. Unless the step says otherwise
// (at), it was done on the morning of the business date.
func (b *build) write(step func(tx *store.Tx) error) error {
	before := b.ids
	return b.db.Write(b.ctx, func(tx *store.Tx) error {
		b.ids = before
		at(tx, BusinessDate, 8)
		return step(tx)
	})
}

// at lets what follows in a step be done on a day of the invented county, at an hour of its clock. Nothing is done after
// the business date, and a day follows on the one before: closings, and who did what when, then read as an office's work.
func at(tx *store.Tx, day calendar.Date, hour int) {
	day = min(day, BusinessDate)
	tx.Now = time.Date(day.Year(), day.Time().Month(), day.Time().Day(), hour, 0, 0, 0, calendar.Beijing).UTC()
}

func (b *build) run() error {
	if err := b.keys.Create(County); err != nil {
		return err
	}
	b.progress("官方科目表和分类")
	if err := b.write(ledger.InstallStandards); err != nil {
		return err
	}
	b.progress("单位、人员和岗位")
	err := b.write(func(tx *store.Tx) error {
		root, err := identity.BootstrapCounty(tx, County, Name, BusinessDate, from)
		if err != nil {
			return err
		}
		if err := rule.Bootstrap(tx, County, from, slices.Concat(ledger.Rules(), handover.Rules(), appropriation.Rules(), obligation.Rules(), agreement.Rules(), drafting.Rules(), payment.Rules())...); err != nil {
			return err
		}
		if err := roster.Bootstrap(tx, County, from); err != nil {
			return err
		}
		if err := payment.BootstrapChain(tx, County, from); err != nil {
			return err
		}
		if err := b.makeUnits(tx, root); err != nil {
			return err
		}
		if err := b.makePeople(tx); err != nil {
			return err
		}
		return addAccounts(tx)
	})
	if err != nil {
		return err
	}
	b.progress(fmt.Sprintf("%d 个乡镇的账套、期初余额和本月凭证", len(b.towns)-1))
	if err := b.elsewhere(); err != nil {
		return err
	}
	if err := b.notices(); err != nil {
		return err
	}
	if err := b.obligations(); err != nil {
		return err
	}
	if err := b.roster(&b.towns[0]); err != nil {
		return err
	}
	if err := b.appropriations(); err != nil {
		return err
	}
	return b.office(&b.towns[0])
}
