// Package roster keeps who holds which post in a unit, since when and until when, and how many posts a unit has
// (花名册、编制).
//
// It keeps these invariants: every entering, leaving and quota is a document that one person makes and another checks;
// changes are never rewritten, and what holds on a day is read from those that were checked; a person holds at most one
// post that counts against a quota on a day. Heads beyond a quota are not refused: they are listed and marked, so that
// nobody is paid beyond it silently. A post is no role: it opens nothing in the program.
package roster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// The states of a change.
const (
	Submitted document.State = "submitted"
	Effective document.State = "effective"
	Refused   document.State = "refused"
)

var (
	// Makers report changes; Checkers check them. Quotas are checked by the county's budget section alone.
	Makers   = []identity.Role{identity.Clerk, identity.Accountant, identity.OfficeHead, identity.CountyBudget}
	Checkers = []identity.Role{identity.OfficeHead, identity.Reviewer, identity.CountyBudget}
	// Readers see the rosters of their units.
	Readers = []identity.Role{
		identity.Clerk, identity.Accountant, identity.OfficeHead, identity.CountyBudget, identity.Reviewer, identity.UnitHead,
		identity.CountyTreasury, identity.Auditor,
	}
)

// ChangeKind declares the steps of a change.
var ChangeKind = &document.Kind{
	Name: "roster-change", Title: "花名册变动",
	States: map[document.State]string{Submitted: "待审核", Effective: "已生效", Refused: "已退回"},
	Steps: []document.Step{
		{Name: "report", Title: "提交", To: Submitted, Roles: Makers, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Submitted}, To: Effective, Roles: Checkers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Submitted}, To: Refused, Roles: Checkers, Reason: true},
	},
}

// Kind is a kind of post as the county has it on a day.
type Kind struct {
	Code   string
	Title  string
	Counts bool // against the quota of posts
}

// SystemKinds are the kinds of posts that a new county begins with.
var SystemKinds = []Kind{
	{"administrative", "行政编制", true}, {"institution", "事业编制", true}, {"worker", "工勤编制", true}, {"temporary", "临时人员", false},
	{"substitute", "代课教师", false}, {"welfare", "公益性岗位", false}, {"village-cadre", "村干部", false},
}

// Bootstrap gives a new county its kinds of posts.
func Bootstrap(tx *store.Tx, county int64, from calendar.Date) error {
	for _, k := range SystemKinds {
		_, err := tx.Exec(`insert into post_kind (county_id, code, title, counts, valid_from, document_no) values ($1, $2, $3, $4, $5, '系统默认')`,
			county, k.Code, k.Title, k.Counts, string(from))
		if err != nil {
			return fmt.Errorf("roster.Bootstrap: %w", err)
		}
	}
	return nil
}

// Kinds gives the kinds of posts of a day.
func Kinds(tx *store.Tx, county int64, on calendar.Date) ([]Kind, error) {
	rows, err := tx.Query(`select code, title, counts from post_kind where county_id = $1 and valid_from <= $2
		and (valid_to is null or valid_to >= $2)`, county, string(on))
	if err != nil {
		return nil, fmt.Errorf("roster.Kinds: %w", err)
	}
	defer rows.Close()
	var out []Kind
	for rows.Next() {
		var k Kind
		if err := rows.Scan(&k.Code, &k.Title, &k.Counts); err != nil {
			return nil, fmt.Errorf("roster.Kinds: %w", err)
		}
		out = append(out, k)
	}
	place := func(k Kind) int { return slices.IndexFunc(SystemKinds, func(s Kind) bool { return s.Code == k.Code }) }
	slices.SortFunc(out, func(a, b Kind) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Code, b.Code)) })
	return out, rows.Err()
}

// Post is a post that a person holds or held.
type Post struct {
	ID       string // the document of its entering
	Unit     int64
	UnitName string
	Path     string
	Person   int64
	Name     string
	Kind     string
	Grade    string
	Basis    string
	From     calendar.Date
	To       calendar.Date // last day; empty while held
	Beyond   bool          // beyond the quota of its unit and kind: the latest to come
}

const posts = `select e.document_id, e.unit_id, u.name, u.path, e.person_id, p.name, e.kind, e.grade, e.basis, e.on_day,
	coalesce((select max(l.on_day) from roster_change l cross join document ld
		where l.county_id = e.county_id and l.post_id = e.document_id and ld.county_id = l.county_id and ld.document_id = l.document_id
		and ld.state = 'effective'), '') as last_day
	from roster_change e
	cross join document d
	join unit u on u.county_id = e.county_id and u.unit_id = e.unit_id
	join person p on p.county_id = e.county_id and p.person_id = e.person_id
	where e.county_id = $1 and e.act = 'enter' and d.county_id = e.county_id and d.document_id = e.document_id and d.state = 'effective'`

func queryPosts(tx *store.Tx, q string, args ...any) ([]Post, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("roster: posts: %w", err)
	}
	defer rows.Close()
	var out []Post
	for rows.Next() {
		var p Post
		if err := rows.Scan(&p.ID, &p.Unit, &p.UnitName, &p.Path, &p.Person, &p.Name, &p.Kind, &p.Grade, &p.Basis, &p.From, &p.To); err != nil {
			return nil, fmt.Errorf("roster: posts: %w", err)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// Held reports whether a post is held on a day.
func (p Post) Held(on calendar.Date) bool { return p.From <= on && (p.To == "" || on <= p.To) }

// Staff is the people and quotas of units on a day.
type Staff struct {
	Posts  []Post
	Quotas []Quota
}

// Quota is the number of posts of a unit and kind with the heads that hold them.
type Quota struct {
	Unit     int64
	UnitName string
	Path     string
	Kind     string
	Posts    int64
	Heads    int64
	Basis    string
	From     calendar.Date
	Set      bool   // else no quota was ever set, which is none
	Document string // that set it
}

// Beyond gives how many heads are over the quota.
func (q Quota) Beyond() int64 { return max(0, q.Heads-q.Posts) }

// On gives who holds which post in the units at and below a path on a day, and the quotas of those units. Kinds that count
// against a quota have a line where there is a quota or a head; without a quota every head is beyond.
func On(tx *store.Tx, county int64, path string, on calendar.Date) (Staff, error) {
	lower, upper := org.Subtree(path)
	all, err := queryPosts(tx, posts+` and u.path >= $2 and u.path < $3 and e.on_day <= $4 order by u.path, e.kind, e.on_day, e.document_id`,
		county, lower, upper, string(on))
	if err != nil {
		return Staff{}, err
	}
	s := Staff{Posts: slices.DeleteFunc(all, func(p Post) bool { return !p.Held(on) })}
	if s.Quotas, err = quotas(tx, county, lower, upper, on); err != nil {
		return s, err
	}
	kinds, err := Kinds(tx, county, on)
	if err != nil {
		return s, err
	}
	s.count(kinds)
	return s, nil
}

// quotas gives the last quota of each unit and kind that was checked and had begun by a day.
func quotas(tx *store.Tx, county int64, lower, upper string, on calendar.Date) ([]Quota, error) {
	rows, err := tx.Query(`select q.unit_id, u.name, u.path, q.kind, q.posts, q.basis, q.on_day, q.document_id from roster_change q
		cross join document d
		join unit u on u.county_id = q.county_id and u.unit_id = q.unit_id
		where q.county_id = $1 and d.county_id = q.county_id and d.document_id = q.document_id and d.state = 'effective' and q.act = 'quota' and u.path >= $2 and u.path < $3 and q.on_day <= $4
		order by u.path, q.kind, q.on_day, q.made_at, q.document_id`, county, lower, upper, string(on))
	if err != nil {
		return nil, fmt.Errorf("roster: quotas: %w", err)
	}
	defer rows.Close()
	var out []Quota
	for rows.Next() {
		q := Quota{Set: true}
		if err := rows.Scan(&q.Unit, &q.UnitName, &q.Path, &q.Kind, &q.Posts, &q.Basis, &q.From, &q.Document); err != nil {
			return nil, fmt.Errorf("roster: quotas: %w", err)
		}
		if n := len(out); n > 0 && out[n-1].Unit == q.Unit && out[n-1].Kind == q.Kind {
			out = out[:n-1] // a later one takes its place
		}
		out = append(out, q)
	}
	return out, rows.Err()
}

// count sets heads against quotas and marks who came last beyond one.
func (s *Staff) count(kinds []Kind) {
	counts := map[string]bool{}
	for _, k := range kinds {
		counts[k.Code] = k.Counts
	}
	for i := range s.Posts {
		p := &s.Posts[i]
		if !counts[p.Kind] {
			continue
		}
		at := slices.IndexFunc(s.Quotas, func(q Quota) bool { return q.Unit == p.Unit && q.Kind == p.Kind })
		if at < 0 {
			at = len(s.Quotas)
			s.Quotas = append(s.Quotas, Quota{Unit: p.Unit, UnitName: p.UnitName, Path: p.Path, Kind: p.Kind})
		}
		q := &s.Quotas[at]
		q.Heads++
		p.Beyond = q.Heads > q.Posts
	}
	slices.SortStableFunc(s.Quotas, func(a, b Quota) int { return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Kind, b.Kind)) })
}

// Of gives every post that a person holds or held, the latest first.
func Of(tx *store.Tx, county, person int64) ([]Post, error) {
	return queryPosts(tx, posts+` and e.person_id = $2 order by e.on_day desc, e.document_id`, county, person)
}

// GetPost gives a post of a unit that the person sees.
func GetPost(tx *store.Tx, by identity.Actor, id string) (Post, error) {
	all, err := queryPosts(tx, posts+` and e.document_id = $2`, by.County, id)
	if err != nil {
		return Post{}, err
	}
	if len(all) == 0 || !by.Sees(all[0].Path) {
		return Post{}, fault.New(fault.NotFound, "post-unknown", "没有这个岗位记录", "请从花名册中选择").In("post")
	}
	return all[0], nil
}

// errNoChange hides a change from who may not see its unit.
var errNoChange = fault.New(fault.NotFound, "roster-change-unknown", "没有这项变动", "请从花名册中打开")

// Waiting gives the changes of the units at and below a path that wait for a checker, oldest first.
func Waiting(tx *store.Tx, county int64, path string) ([]Change, error) {
	lower, upper := org.Subtree(path)
	return queryChanges(tx, changes+` and d.state = 'submitted' and u.path >= $2 and u.path < $3 order by c.made_at, c.document_id`, county, lower, upper)
}

// GetChange gives a change of a unit that the person sees.
func GetChange(tx *store.Tx, by identity.Actor, id string) (Change, error) {
	all, err := queryChanges(tx, changes+` and c.document_id = $2`, by.County, id)
	if err != nil {
		return Change{}, err
	}
	if len(all) == 0 || !by.Has(all[0].Path, Readers...) {
		return Change{}, errNoChange
	}
	return all[0], nil
}
