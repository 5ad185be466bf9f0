package demo

import (
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
)

// roster gives the people of 柳溪镇 their posts and its units their quotas: the finance office has one head more than
// posts, one person moved this year, and one change still waits for its checker.
func (b *build) roster(t *townPlan) error {
	maker, err := b.actor(t.pinyin + ".kuaiji1")
	if err != nil {
		return err
	}
	checker, err := b.actor(t.pinyin + ".suozhang")
	if err != nil {
		return err
	}
	budget, err := b.actor("xian.yusuan")
	if err != nil {
		return err
	}
	people, err := b.staff(t)
	if err != nil {
		return err
	}
	return b.write(func(tx *store.Tx) error {
		report := func(c roster.Change, checker identity.Actor) error {
			c.Document = b.ids.next()
			if err := roster.Report(tx, maker, c); err != nil {
				return err
			}
			return roster.Check(tx, checker, c.Document, 1)
		}
		for _, q := range quotasOf(t) {
			err := report(roster.Change{Act: roster.SetQuota, Unit: b.units[q.unit].ID, Kind: q.kind, Posts: q.posts, On: "2025-01-01", Basis: "青编发〔2024〕18号"}, budget)
			if err != nil {
				return err
			}
		}
		for i, p := range people {
			by := checker
			if p.Person == checker.Person { // he does not check his own
				by = budget
			}
			p.On, p.Basis = "2022-03-01", "青人社〔2022〕7号"
			if i%5 == 4 {
				p.On, p.Basis = "2026-03-02", "青人社〔2026〕5号"
			}
			if err := report(p, by); err != nil {
				return err
			}
		}
		waiting := people[len(people)-1]
		held, err := roster.Of(tx, County, waiting.Person)
		if err != nil {
			return err
		}
		return roster.Report(tx, maker, roster.Change{Document: b.ids.next(), Act: roster.Leave, Post: held[0].ID, On: "2026-10-31", Basis: "青人社〔2026〕41号"})
	})
}

// quotaPlan is the posts of a unit.
type quotaPlan struct {
	unit  string
	kind  string
	posts int64
}

func quotasOf(t *townPlan) []quotaPlan {
	all := []quotaPlan{{t.officeCode(), "institution", 6}}
	for _, s := range stations {
		kind := "institution"
		if s.regime == ledger.Administrative {
			kind = "administrative"
		}
		if unit := t.stationCode(s.code); unit != t.officeCode() {
			all = append(all, quotaPlan{unit, kind, int64(s.staff)})
		}
	}
	return all
}

// staff gives the people of the office, its stations and villages with the kind of post that each holds.
func (b *build) staff(t *townPlan) (out []roster.Change, err error) {
	kinds := map[string]string{}
	for _, q := range quotasOf(t) {
		kinds[q.unit] = q.kind
	}
	err = b.db.Read(b.ctx, func(tx *store.Tx) error {
		out = nil
		persons, err := identity.ListPersons(tx, County, b.units[t.division()].Path)
		if err != nil {
			return err
		}
		codes := map[int64]string{}
		for code, u := range b.units {
			codes[u.ID] = code
		}
		for _, p := range persons {
			kind := kinds[codes[p.Unit]]
			if kind == "" {
				kind = "village-cadre"
			}
			if codes[p.Unit] != t.division() { // deputies of the congress hold no post of the township
				out = append(out, roster.Change{Act: roster.Enter, Unit: p.Unit, Kind: kind, Person: p.ID})
			}
		}
		return nil
	})
	return out, err
}
