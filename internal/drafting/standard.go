package drafting

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// The states of a standard.
const (
	Submitted document.State = "submitted"
	Effective document.State = "effective"
	Refused   document.State = "refused"
)

// Setters set standards and check those of others.
var Setters = []identity.Role{identity.CountyBudget}

// StandardKind declares the steps of a standard.
var StandardKind = &document.Kind{
	Name: "budget-standard", Title: "定额标准",
	States: map[document.State]string{Submitted: "待审核", Effective: "已生效", Refused: "已退回"},
	Steps: []document.Step{
		{Name: "set", Title: "提交", To: Submitted, Roles: Setters, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Submitted}, To: Effective, Roles: Setters, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Submitted}, To: Refused, Roles: Setters, Reason: true},
	},
}

// Standard is what one head or thing costs in a year (定额).
type Standard struct {
	Document string // id, the form's idempotency key
	Version  int64
	State    document.State
	Title    string
	UnitKind org.Kind // empty: every kind of units
	PostKind string   // kind of posts that are counted; empty: a quantity is typed
	Measure  string   // of what is counted
	Economic string   // department economic class, a section (款)
	Amount   money.Fen
	On       calendar.Date // first day
	Basis    string        // 文号
	Maker    int64
	MadeAt   string
}

// Counts reports whether heads are counted; else a quantity is typed.
func (s Standard) Counts() bool { return s.PostKind != "" }

// People reports whether the standard is for people cost; else for office cost.
func (s Standard) People() bool {
	return strings.HasPrefix(s.Economic, "301") || strings.HasPrefix(s.Economic, "303")
}

func (s Standard) basis() appropriation.Basis {
	if s.People() {
		return appropriation.Personnel
	}
	return appropriation.Office
}

const standards = `select s.document_id, d.version, d.state, s.title, s.unit_kind, s.post_kind, s.measure, s.economic, s.amount, s.on_day, s.basis, s.maker_id, s.made_at
	from budget_standard s cross join document d where s.county_id = $1 and d.county_id = s.county_id and d.document_id = s.document_id`

func queryStandards(tx *store.Tx, q string, args ...any) ([]Standard, error) {
	rows, err := tx.Query(standards+q, args...)
	if err != nil {
		return nil, fmt.Errorf("drafting: standards: %w", err)
	}
	defer rows.Close()
	var out []Standard
	for rows.Next() {
		var s Standard
		if err := rows.Scan(&s.Document, &s.Version, &s.State, &s.Title, &s.UnitKind, &s.PostKind, &s.Measure, &s.Economic, &s.Amount, &s.On, &s.Basis, &s.Maker, &s.MadeAt); err != nil {
			return nil, fmt.Errorf("drafting: standards: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Standards gives every standard, those that wait first, then by title and day.
func Standards(tx *store.Tx, county int64) ([]Standard, error) {
	all, err := queryStandards(tx, ` order by s.title, s.unit_kind, s.post_kind, s.on_day desc, s.document_id`, county)
	slices.SortStableFunc(all, func(a, b Standard) int {
		wait := func(s Standard) int { return map[bool]int{true: 0, false: 1}[s.State == Submitted] }
		return wait(a) - wait(b)
	})
	return all, err
}

// StandardsOn gives the standards in force on a day for a kind of units: of those with the same title and posts the one
// that begins last.
func StandardsOn(tx *store.Tx, county int64, kind org.Kind, on calendar.Date) ([]Standard, error) {
	all, err := queryStandards(tx, ` and d.state = 'effective' and s.on_day <= $2 and (s.unit_kind = '' or s.unit_kind = $3)
		order by s.economic, s.title, s.post_kind, s.unit_kind, s.on_day, s.made_at, s.document_id`, county, string(on), string(kind))
	var out []Standard
	for _, s := range all {
		if n := len(out); n > 0 && out[n-1].Title == s.Title && out[n-1].PostKind == s.PostKind {
			out = out[:n-1] // a later one, or one for this kind of units alone, takes its place
		}
		out = append(out, s)
	}
	return out, err
}

// The longest title, measure and 文号, in characters.
const (
	titleMost   = 40
	measureMost = 10
	basisMost   = 60
)

func (s *Standard) check(tx *store.Tx, county int64) (err error) {
	for _, f := range []*string{&s.Title, &s.Measure, &s.Economic, &s.Basis} {
		*f = strings.TrimSpace(*f)
	}
	if s.On, err = calendar.ParseDate(string(s.On)); err != nil {
		return fault.As(err).In("on")
	}
	switch {
	case s.Title == "":
		return fault.New(fault.Invalid, "standard-title", "定额标准没有名称", "请填写名称,例如 基本工资").In("title")
	case s.Basis == "":
		return fault.Newf(fault.Invalid, "standard-basis", "请填写核定标准的文件文号", "定额标准「%s」没有依据文号", s.Title).In("basis")
	case s.Amount <= 0 || s.Amount > money.Max:
		return fault.Newf(fault.Invalid, "standard-amount", "请填大于零的金额,单位元/年", "定额标准「%s」的金额 %s 元不对", s.Title, s.Amount).In("amount")
	case s.UnitKind != "" && s.UnitKind.Title() == "":
		return fault.Newf(fault.Invalid, "unit-kind-unknown", "请从列表中选择", "没有单位类别「%s」", s.UnitKind).In("unit_kind")
	case s.PostKind == "" && s.Measure == "":
		return fault.Newf(fault.Invalid, "standard-measure", "按人数的请选岗位,按实物的请填计量单位,例如 辆", "定额标准「%s」没有写明按什么计算", s.Title).In("measure")
	}
	for _, f := range []struct {
		field, title, value string
		most                int
	}{{"title", "名称", s.Title, titleMost}, {"measure", "计量单位", s.Measure, measureMost}, {"basis", "文号", s.Basis, basisMost}} {
		if err := text.Check(f.field, f.title, f.value, f.most); err != nil {
			return err
		}
	}
	if s.PostKind != "" {
		s.Measure = "人"
		kinds, err := roster.Kinds(tx, county, s.On)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(kinds, func(k roster.Kind) bool { return k.Code == s.PostKind }) {
			return fault.Newf(fault.Invalid, "roster-kind", "请从列表中选择", "%s 没有「%s」这类岗位", s.On, s.PostKind).In("post_kind")
		}
	}
	classes, err := ledger.ClassesOf(tx, standard.Economic, s.On.Year())
	if err != nil {
		return err
	}
	if _, ok := classes[s.Economic]; !ok || len(s.Economic) != 5 {
		return fault.Newf(fault.Invalid, "standard-class", "请填部门预算经济分类的款,例如 30101 基本工资", "定额标准「%s」的经济分类「%s」不对", s.Title, s.Economic).In("economic")
	}
	return nil
}

// SetStandard submits a standard for checking. The same form again is refused with an error for which document.IsTaken
// holds.
func SetStandard(tx *store.Tx, by identity.Actor, s Standard) error {
	root, err := org.Root(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: StandardKind, Step: "set", ID: s.Document, Unit: root.ID, Path: root.Path}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := s.check(tx, by.County); err != nil {
			return document.Effect{}, err
		}
		s.Maker, s.MadeAt = by.Person, calendar.Instant(tx.Now)
		_, err := tx.Exec(`insert into budget_standard (county_id, document_id, title, unit_kind, post_kind, measure, economic, amount, on_day, basis, maker_id, made_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, by.County, s.Document, s.Title, string(s.UnitKind), s.PostKind, s.Measure, s.Economic,
			int64(s.Amount), string(s.On), s.Basis, s.Maker, s.MadeAt)
		if store.IsUnique(err) {
			return document.Effect{}, fault.New(fault.Conflict, "document-exists", "这项标准已经提交过", "请刷新后查看,勿重复提交")
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("drafting.SetStandard %s: %w", s.Document, err)
		}
		return document.Effect{Facts: s.facts()}, nil
	})
	return err
}

// facts are what the leaf of a standard says openly.
func (s Standard) facts() map[string]string {
	return map[string]string{
		"title": s.Title, "unit_kind": string(s.UnitKind), "post_kind": s.PostKind, "measure": s.Measure, "economic": s.Economic,
		"amount": fmt.Sprint(int64(s.Amount)), "on": string(s.On), "basis": s.Basis,
	}
}

// CheckStandard is the second person's yes; from its day on the standard is in force.
func CheckStandard(tx *store.Tx, by identity.Actor, id string, version int64) error {
	return stepStandard(tx, by, "check", id, version, "")
}

// ReturnStandard refuses a standard, for a reason; a right one is submitted anew.
func ReturnStandard(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	return stepStandard(tx, by, "return", id, version, reason)
}

func stepStandard(tx *store.Tx, by identity.Actor, step, id string, version int64, reason string) error {
	root, err := org.Root(tx, by.County)
	if err != nil {
		return err
	}
	_, err = document.Take(tx, document.Act{By: by, Kind: StandardKind, Step: step, ID: id, Version: version, Path: root.Path, Reason: reason}, nil)
	return err
}

// Heads gives how many heads of each kind of posts a unit is budgeted for on a day: those who hold a post, of kinds that
// count against a quota no more than the quota.
func Heads(tx *store.Tx, county int64, unit org.Unit, on calendar.Date) (map[string]int64, error) {
	staff, err := roster.On(tx, county, unit.Path, on)
	if err != nil {
		return nil, err
	}
	heads := map[string]int64{}
	for _, p := range staff.Posts {
		if p.Unit == unit.ID && !p.Beyond {
			heads[p.Kind]++
		}
	}
	return heads, nil
}

// govOf gives the government economic class of a department's class: of an institution where the posts or the unit are
// an institution's, else of an administration.
func govOf(economic string, institution bool) (string, error) {
	mapping, err := standard.EconomicMapping()
	if err != nil {
		return "", err
	}
	for _, m := range mapping {
		if m.Department == economic && institution {
			return cmp.Or(m.Institution, m.Administrative), nil
		}
		if m.Department == economic {
			return cmp.Or(m.Administrative, m.Institution), nil
		}
	}
	return "", nil
}
