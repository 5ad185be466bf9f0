package roster

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Act is what a change does.
type Act string

// The acts.
const (
	Enter    Act = "enter" // a person takes a post
	Leave    Act = "leave" // a person leaves a post
	SetQuota Act = "quota" // a unit has so many posts of a kind from a day on
)

// Title names an act.
func (a Act) Title() string {
	return map[Act]string{Enter: "到岗", Leave: "离岗", SetQuota: "核定编制"}[a]
}

// Change is one change of the roster.
type Change struct {
	Document string // id, the form's idempotency key
	Version  int64
	State    document.State
	Act      Act
	Unit     int64
	UnitName string
	Path     string
	Kind     string
	Person   int64 // 0 for a quota
	Name     string
	Grade    string        // 职务级别
	Posts    int64         // of a quota
	On       calendar.Date // first day of a post or quota; last day of a post that is left
	Post     string        // that is left
	Basis    string        // 文号
	Maker    int64
	MadeAt   string
}

// changes begins at the changes, of which there are few: a cross join holds SQLite to that order, which would walk every
// document of the county otherwise.
const changes = `select c.document_id, d.version, d.state, c.act, c.unit_id, u.name, u.path, c.kind, coalesce(c.person_id, 0), coalesce(p.name, ''),
	c.grade, coalesce(c.posts, 0), c.on_day, coalesce(c.post_id, ''), c.basis, c.maker_id, c.made_at from roster_change c
	cross join document d
	join unit u on u.county_id = c.county_id and u.unit_id = c.unit_id
	left join person p on p.county_id = c.county_id and p.person_id = c.person_id
	where c.county_id = $1 and d.county_id = c.county_id and d.document_id = c.document_id`

func queryChanges(tx *store.Tx, q string, args ...any) ([]Change, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("roster: changes: %w", err)
	}
	defer rows.Close()
	var out []Change
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.Document, &c.Version, &c.State, &c.Act, &c.Unit, &c.UnitName, &c.Path, &c.Kind, &c.Person, &c.Name,
			&c.Grade, &c.Posts, &c.On, &c.Post, &c.Basis, &c.Maker, &c.MadeAt); err != nil {
			return nil, fmt.Errorf("roster: changes: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// The longest grade and 文号, in characters, and the most posts of a quota.
const (
	gradeMost = 30
	basisMost = 60
	postsMost = 10_000
)

// check checks what a change says by itself.
func (c *Change) check() (err error) {
	if c.On, err = calendar.ParseDate(string(c.On)); err != nil {
		return fault.As(err).In("on")
	}
	if c.Basis = strings.TrimSpace(c.Basis); c.Basis == "" {
		return fault.New(fault.Invalid, "roster-basis", "花名册变动没有依据文号", "请填写录用、调动、核编等文件的文号").In("basis")
	}
	if err := text.Check("basis", "文号", c.Basis, basisMost); err != nil {
		return err
	}
	c.Grade = strings.TrimSpace(c.Grade)
	if err := text.Check("grade", "职务级别", c.Grade, gradeMost); err != nil {
		return err
	}
	switch {
	case c.Act == SetQuota && (c.Posts < 0 || c.Posts > postsMost):
		return fault.Newf(fault.Invalid, "roster-posts", fmt.Sprintf("请填写 0 至 %d 的整数", postsMost), "编制数 %d 超出范围", c.Posts).In("posts")
	case c.Act != SetQuota && c.Person == 0:
		return fault.New(fault.Invalid, "roster-person", "没有写明是谁", "请填写姓名和身份证号").In("person")
	case c.Act.Title() == "":
		return fault.New(fault.Invalid, "roster-act", "没有选择变动类别", "请选择到岗、离岗或核定编制").In("act")
	}
	return nil
}

// Report submits a change for checking. The same form again is refused with an error for which document.IsTaken holds.
func Report(tx *store.Tx, by identity.Actor, c Change) error {
	if c.Act == Leave {
		p, err := GetPost(tx, by, c.Post)
		if err != nil {
			return err
		}
		c.Unit, c.Kind, c.Person, c.Grade = p.Unit, p.Kind, p.Person, p.Grade
	}
	unit, err := org.Get(tx, by.County, c.Unit)
	if err == nil && !by.Sees(unit.Path) {
		err = fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	c.Path, c.Maker, c.MadeAt = unit.Path, by.Person, calendar.Instant(tx.Now)
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: ChangeKind, Step: "report", ID: c.Document, Unit: unit.ID, Path: unit.Path, Today: today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := c.fits(tx, by.County, unit); err != nil {
			return document.Effect{}, err
		}
		if err := c.insert(tx, by.County); err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Facts: c.facts()}, nil
	})
	return err
}

func (c Change) insert(tx *store.Tx, county int64) error {
	null := func(set bool, v any) any {
		if set {
			return v
		}
		return nil
	}
	_, err := tx.Exec(`insert into roster_change (county_id, document_id, act, unit_id, kind, person_id, grade, posts, on_day, post_id, basis, maker_id, made_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, county, c.Document, string(c.Act), c.Unit, c.Kind,
		null(c.Person != 0, c.Person), c.Grade, null(c.Act == SetQuota, c.Posts), string(c.On), null(c.Post != "", c.Post), c.Basis, c.Maker, c.MadeAt)
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这项变动已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("roster.Report %s: %w", c.Document, err)
	}
	return nil
}

// facts are what the leaf of a change says openly; persons by their internal number.
func (c Change) facts() map[string]string {
	return map[string]string{
		"act": string(c.Act), "unit": fmt.Sprint(c.Unit), "kind": c.Kind, "person": fmt.Sprint(c.Person), "grade": c.Grade,
		"posts": fmt.Sprint(c.Posts), "on": string(c.On), "post": c.Post, "basis": c.Basis,
	}
}

// fits refuses a change that what holds already does not allow; asked when it is reported and again when it is checked.
func (c Change) fits(tx *store.Tx, county int64, unit org.Unit) error {
	if !unit.Exists(c.On) {
		return fault.Newf(fault.Refused, "roster-unit-day", "请核对日期,或选择当时的单位", "%s 在 %s 不存在", unit.Name, c.On).In("on")
	}
	kinds, err := Kinds(tx, county, c.On)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(kinds, func(k Kind) bool { return k.Code == c.Kind })
	switch {
	case at < 0:
		return fault.Newf(fault.Invalid, "roster-kind", "请从列表中选择", "%s 没有「%s」这类岗位", c.On, c.Kind).In("kind")
	case c.Act == SetQuota && !kinds[at].Counts:
		return fault.Newf(fault.Refused, "roster-no-quota", "请选择编制类岗位", "「%s」不占编制,不核定编制数", kinds[at].Title).In("kind")
	case c.Act == SetQuota:
		return nil
	}
	held, err := Of(tx, county, c.Person)
	if err != nil {
		return err
	}
	if c.Act == Leave {
		return c.fitsLeaving(held)
	}
	for _, p := range held {
		if p.To != "" && p.To < c.On {
			continue
		}
		other := slices.IndexFunc(kinds, func(k Kind) bool { return k.Code == p.Kind })
		if p.Unit == c.Unit && p.Kind == c.Kind || kinds[at].Counts && other >= 0 && kinds[other].Counts {
			return fault.Newf(fault.Refused, "roster-held", "请先办理原岗位的离岗,或核对是否同名", "%s 自 %s 起在%s任%s,还没有离岗",
				p.Name, p.From, p.UnitName, kinds[max(other, 0)].Title).In("person")
		}
	}
	return nil
}

func (c Change) fitsLeaving(held []Post) error {
	i := slices.IndexFunc(held, func(p Post) bool { return p.ID == c.Post })
	if i < 0 {
		return fault.New(fault.NotFound, "post-unknown", "没有这个岗位记录", "请从花名册中选择").In("post")
	}
	switch p := held[i]; {
	case p.To != "":
		return fault.Newf(fault.Refused, "roster-left", "不必再办", "%s 已于 %s 离岗", p.Name, p.To).In("on")
	case c.On < p.From:
		return fault.Newf(fault.Invalid, "roster-leave-day", "请填写在岗的最后一天", "离岗日期 %s 早于到岗日期 %s", c.On, p.From).In("on")
	}
	return nil
}

// Check makes a change effective. Another person than its maker does it; quotas the county's budget section alone.
func Check(tx *store.Tx, by identity.Actor, id string, version int64) error {
	c, err := GetChange(tx, by, id)
	if err != nil {
		return err
	}
	if c.Act == SetQuota {
		if err := by.Require(c.Path, "审核编制", identity.CountyBudget); err != nil {
			return err
		}
	}
	unit, err := org.Get(tx, by.County, c.Unit)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: ChangeKind, Step: "check", ID: id, Version: version, Path: c.Path, Today: today}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if c.Person != 0 { // two programs that check changes of one person wait for each other here
			var person int64
			err := tx.QueryRow(`select p.person_id from person p where p.county_id = $1 and p.person_id = $2`+tx.Claim("p"), by.County, c.Person).Scan(&person)
			if err != nil {
				return document.Effect{}, fmt.Errorf("roster.Check %s: %w", id, err)
			}
		}
		return document.Effect{}, c.fits(tx, by.County, unit)
	})
	return err
}

// Return refuses a change, for a reason; a right one is reported anew.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	c, err := GetChange(tx, by, id)
	if err != nil {
		return err
	}
	_, err = document.Take(tx, document.Act{By: by, Kind: ChangeKind, Step: "return", ID: id, Version: version, Path: c.Path, Reason: reason}, nil)
	return err
}

// FindPerson gives the person with a name and an identity number; both must be right.
func FindPerson(tx *store.Tx, keys *identity.Keys, county int64, name, number string) (int64, error) {
	p, found, err := identity.FindByNumber(tx, keys, county, number)
	if err != nil {
		return 0, err
	}
	if !found || p.Name != strings.TrimSpace(name) { // one sentence: who is registered is not for everybody to find out
		return 0, fault.New(fault.Refused, "roster-unregistered", "请核对;还没有登记的请系统管理员先登记人员", "没有登记过姓名和身份证号都相符的人员").In("id_no")
	}
	return p.ID, nil
}

// Verify compares every change with the leaf of its reporting.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "roster_change")
	if err != nil {
		return nil, err
	}
	all, err := queryChanges(tx, changes+` order by c.document_id`, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, c := range all {
		leaf := leaves[c.Document]["report"]
		right := leaf.By(c.Maker, c.MadeAt)
		for k, v := range c.facts() {
			right = right && leaf.Facts[k] == v
		}
		if !right {
			flaws = append(flaws, document.Flaw{Document: c.Document, Message: fmt.Sprintf("%s的花名册变动(%s)与存证不符", c.UnitName, c.Act.Title())})
		}
	}
	return flaws, nil
}
