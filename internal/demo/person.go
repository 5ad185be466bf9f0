package demo

import (
	"fmt"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// post is a person's place: the login, the unit he belongs to, his roles, and the units they hold for.
type post struct {
	login string
	unit  string
	roles []identity.Role
	over  []string // units by code; empty: the person's own
}

// countyPosts are the people of the county's bodies. Nobody holds two duties that exclude each other.
func countyPosts(towns []townPlan) []post {
	root := fmt.Sprint(County)
	all := []post{
		{"xian.yusuan", sectionCode("01", 1), []identity.Role{identity.CountyBudget}, []string{root}},
		{"xian.yusuan2", sectionCode("01", 1), []identity.Role{identity.CountyBudget}, []string{root}},
		{"xian.guoku", sectionCode("01", 2), []identity.Role{identity.CountyTreasury}, []string{root}},
		{"xian.guoku2", sectionCode("01", 8), []identity.Role{identity.CountyTreasury}, []string{root}},
		{"xian.shenji", sectionCode("02", 0), []identity.Role{identity.Auditor}, []string{root}},
		{"xian.shenji2", sectionCode("02", 0), []identity.Role{identity.Auditor}, []string{root}},
		{"xian.daibiao", sectionCode("03", 0), []identity.Role{identity.Deputy}, []string{root}},
		{"sysadmin", sectionCode("01", 9), []identity.Role{identity.SysAdmin}, []string{root}},
		{"secadmin", sectionCode("01", 9), []identity.Role{identity.SecAdmin}, []string{root}},
		{"auditadmin", sectionCode("01", 9), []identity.Role{identity.AuditAdmin}, []string{root}},
	}
	for i, c := range centres {
		over := townsOf(towns, i)
		if len(over) == 0 {
			continue
		}
		all = append(all,
			post{"hs." + c.pinyin + ".kuaiji", centreCode(i), []identity.Role{identity.Accountant}, over},
			post{"hs." + c.pinyin + ".shenhe", centreCode(i), []identity.Role{identity.Reviewer}, over})
	}
	return all
}

// townsOf gives the townships whose books an accounting centre helps to keep. 柳溪镇 keeps its own.
func townsOf(towns []townPlan, centre int) []string {
	var over []string
	for _, t := range towns {
		if t.centre == centre && !t.full {
			over = append(over, t.division())
		}
	}
	return over
}

// officePosts are the people of a township's finance office, over the whole township.
func officePosts(t *townPlan) []post {
	at := func(name string, role identity.Role) post {
		return post{t.pinyin + "." + name, t.officeCode(), []identity.Role{role}, []string{t.division()}}
	}
	if !t.full {
		return []post{at("suozhang", identity.OfficeHead), at("kuaiji", identity.Accountant), at("chuna", identity.Cashier)}
	}
	all := []post{
		at("kuaiji1", identity.Accountant), at("kuaiji2", identity.Accountant), at("shenhe", identity.Reviewer),
		at("suozhang", identity.OfficeHead), at("chuna", identity.Cashier), at("piaoju", identity.Receipts),
		at("zichan", identity.Assets),
		{t.pinyin + ".daibiao", t.division(), []identity.Role{identity.Deputy}, nil},
	}
	for _, s := range stations {
		unit := t.stationCode(s.code)
		all = append(all,
			post{t.pinyin + "." + s.pinyin + ".fzr", unit, []identity.Role{identity.UnitHead}, nil},
			post{t.pinyin + "." + s.pinyin + ".bzy", unit, []identity.Role{identity.Clerk}, nil})
	}
	for i := range t.villageNames {
		unit, login := t.villageCode(i), t.pinyin+"."+villages[i].pinyin
		all = append(all,
			post{login + ".bzy", unit, []identity.Role{identity.VillageClerk}, nil},
			post{login + ".fzr", unit, []identity.Role{identity.VillageHead}, nil})
	}
	return all
}

// makePeople makes every person with a login. No login has a password: people sign in with the button of the
// demonstration alone.
func (b *build) makePeople(tx *store.Tx) error {
	people := newNames()
	posts := countyPosts(b.towns)
	for i := range b.towns {
		posts = append(posts, officePosts(&b.towns[i])...)
	}
	b.logins = map[string]int64{}
	for _, p := range posts {
		if err := b.makePerson(tx, people, p); err != nil {
			return err
		}
	}
	return b.makeHeads(tx, people)
}

// makeHeads makes the heads of the townships that draft a budget, and the people on the posts of the one whose budget was
// approved.
func (b *build) makeHeads(tx *store.Tx, people *names) error {
	for i := range b.towns[:min(len(b.towns), approvedTown+1)] {
		t := &b.towns[i]
		if err := b.makePerson(tx, people, post{t.pinyin + ".zhenzhang", t.division(), []identity.Role{identity.UnitHead}, nil}); err != nil {
			return err
		}
	}
	b.townPeople = nil
	if len(b.towns) <= approvedTown {
		return nil
	}
	for i := range townStaff + officeStaff {
		unit := b.towns[approvedTown].division()
		if i >= townStaff {
			unit = b.towns[approvedTown].officeCode()
		}
		p, err := identity.BootstrapPerson(tx, b.keys, County, identity.NewPerson{Name: people.name(), Number: people.number(), Unit: b.units[unit].ID})
		if err != nil {
			return err
		}
		b.townPeople = append(b.townPeople, p.ID)
	}
	return nil
}

func (b *build) makePerson(tx *store.Tx, people *names, p post) error {
	person, err := identity.BootstrapPerson(tx, b.keys, County, identity.NewPerson{
		Name: people.name(), Number: people.number(), Unit: b.units[p.unit].ID,
	})
	if err != nil {
		return err
	}
	login, err := identity.BootstrapLogin(tx, County, identity.NewLogin{Name: p.login, Person: person.ID})
	if err != nil {
		return err
	}
	b.logins[p.login] = login.ID
	over := p.over
	if len(over) == 0 {
		over = []string{p.unit}
	}
	for _, code := range over {
		for _, role := range p.roles {
			grant := identity.NewGrant{Login: login.ID, Role: role, Unit: b.units[code].ID, From: from}
			if err := identity.BootstrapGrant(tx, County, grant); err != nil {
				return err
			}
		}
	}
	return nil
}

// actor gives a login's person at work.
func (b *build) actor(login string) (a identity.Actor, err error) {
	err = b.db.Read(b.ctx, func(tx *store.Tx) (err error) {
		a, err = identity.Load(tx, County, b.logins[login])
		return err
	})
	return a, err
}
