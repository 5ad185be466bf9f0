package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// officeRoutes show a unit's books to who answers for them.
func officeRoutes() []route {
	return []route{
		{pattern: "GET /units/{unit}/books", title: "所内账套", right: only(ledger.Readers...), show: showOffice},
	}
}

// officeView is all books of a unit as a dense matrix, and who has how many vouchers under way.
type officeView struct {
	Title  string
	Path   string // of the page that shows it alone
	Last   string
	This   string
	Halves [][]bookRow // side by side: the unit's own books, then its villages'
	Heads  []string
	People []personLoad
	Count  int
	Late   int
	Pages  []choice // where the books are more than one page lists
	Most   int      // of a half on a page
}

// officeRows is how many books of a half one page lists: all of a township, not those of a county at once.
const officeRows = 60

// personLoad is what one maker has under way.
type personLoad struct {
	Name string
	ledger.OpenWork
	Sum int64
}

// officePage is the view on a page of its own.
type officePage struct {
	Base
	Matrix *officeView
}

func showOffice(c *call, tx *store.Tx) (answer, error) {
	u, err := c.unit(tx)
	if err != nil {
		return answer{}, err
	}
	scope, err := c.unitScope(tx)
	if err != nil {
		return answer{}, err
	}
	d := &desk{call: c, tx: tx, books: scope.books}
	if d.board, err = c.board(tx, scope.books); err != nil {
		return answer{}, err
	}
	if d.names, err = identity.Names(tx, c.actor.County); err != nil {
		return answer{}, err
	}
	page, _ := strconv.Atoi(c.query("page"))
	p := &officePage{}
	p.Title, p.Styles = u.Name+"账套", []string{"home.css"}
	if p.Matrix, err = d.office(u, page); err != nil {
		return answer{}, err
	}
	return show("home/office", p)
}

// office draws a page of the books of a unit, those that need a hand first.
func (d *desk) office(u org.Unit, page int) (*officeView, error) {
	v := &officeView{
		Title: u.Name, Path: fmt.Sprintf("/units/%d/books", u.ID), Most: officeRows, Last: fmt.Sprintf("%d 月", d.board.last.Month()), This: fmt.Sprintf("%d 月", d.board.this.Month()),
	}
	var own, villages []bookRow
	for _, b := range d.books {
		if !org.Within(b.Path, u.Path) {
			continue
		}
		row := d.board.row(d.call, b)
		v.Count++
		if row.Late > 0 {
			v.Late++
		}
		if b.Chart == ledger.Village {
			villages = append(villages, row)
		} else {
			own = append(own, row)
		}
	}
	pages := (max(len(own), len(villages)) + officeRows - 1) / officeRows
	if page < 1 || page > pages {
		page = 1
	}
	for n := 1; n <= pages && pages > 1; n++ {
		v.Pages = append(v.Pages, choice{Value: fmt.Sprintf("%s?page=%d", v.Path, n), Title: fmt.Sprintf("%d 至 %d", (n-1)*officeRows+1, n*officeRows), On: n == page})
	}
	for _, half := range []struct {
		title string
		rows  []bookRow
	}{{"单位账", own}, {"村账", villages}} {
		all, first := len(half.rows), (page-1)*officeRows
		if first >= all {
			continue
		}
		slices.SortStableFunc(half.rows, func(a, b bookRow) int { return urgency(b) - urgency(a) })
		v.Halves = append(v.Halves, half.rows[first:min(first+officeRows, all)])
		v.Heads = append(v.Heads, fmt.Sprintf("%s %d 套", half.title, all))
	}
	var err error
	v.People, err = d.loads(u)
	return v, err
}

// loads counts what each maker has under way in the books of a unit, as far as the person may look into them.
func (d *desk) loads(u org.Unit) ([]personLoad, error) {
	var out []personLoad
	for _, over := range d.readsIn(u.Path) {
		work, err := ledger.CountByMaker(d.tx, d.actor, over)
		if err != nil {
			return nil, err
		}
		for _, w := range work {
			i := slices.IndexFunc(out, func(p personLoad) bool { return p.Maker == w.Maker })
			if i < 0 {
				i = len(out)
				out = append(out, personLoad{Name: d.names[w.Maker], OpenWork: ledger.OpenWork{Maker: w.Maker}})
			}
			p := &out[i]
			p.Draft, p.Returned, p.Submitted, p.Checked = p.Draft+w.Draft, p.Returned+w.Returned, p.Submitted+w.Submitted, p.Checked+w.Checked
			p.Sum = p.Draft + p.Returned + p.Submitted + p.Checked
		}
	}
	return out, nil
}

// townsView is the townships of a county as a table that sorts on the server, and as a grid of tiles by state.
type townsView struct {
	Rows  []townRow // as sorted
	Tiles []townRow // by code
	Heads []townHead
	Sums  townSums
	Late  int // townships with something overdue
	Last  string
	This  string
}

type townHead struct {
	Title string
	Path  string
	Order string // ascending, descending: what it is sorted by now; empty: by another column
	Num   bool
}

// townSums are the figures of a township, or of all of them.
type townSums struct {
	Books     int // all
	Open      int // whose last month is not closed
	Overdue   int // of them past the deadline
	Days      int // the longest
	Returned  int64
	Submitted int64
	Checked   int64
	Posted    int64 // in this and last month
}

type townRow struct {
	Unit org.Unit
	townSums
	Path  string
	Class string // y, h, n
	Mark  string
	Word  string
}

// townColumns are what the table may be sorted by.
var townColumns = []struct {
	key, title string
	value      func(t townRow) int64
}{
	{"name", "乡镇", nil},
	{"books", "账套", func(t townRow) int64 { return int64(t.Books) }},
	{"open", "上月未结", func(t townRow) int64 { return int64(t.Open) }},
	{"overdue", "逾期", func(t townRow) int64 { return int64(t.Overdue) }},
	{"days", "最长逾期(天)", func(t townRow) int64 { return int64(t.Days) }},
	{"returned", "退回", func(t townRow) int64 { return t.Returned }},
	{"submitted", "待审核", func(t townRow) int64 { return t.Submitted }},
	{"checked", "待记账", func(t townRow) int64 { return t.Checked }},
	{"posted", "两月已记账", func(t townRow) int64 { return t.Posted }},
}

func (s *townSums) add(r bookRow, board *board) {
	s.Books++
	if r.Book.ClosedThrough < board.last && r.Book.Start <= board.last {
		s.Open++
	}
	if r.Late > 0 {
		s.Overdue++
		s.Days = max(s.Days, r.Late)
	}
	s.Returned += r.Open.Returned
	s.Submitted += r.Open.Submitted
	s.Checked += r.Open.Checked
	s.Posted += r.Open.Posted
}

// towns gathers the books of a county under its townships and bodies.
func (d *desk) towns(root org.Unit) (*townsView, error) {
	if d.view != nil {
		return d.view, nil
	}
	units, err := org.Children(d.tx, d.actor.County, root.ID)
	if err != nil {
		return nil, err
	}
	sums := map[int64]*townSums{}
	v := &townsView{Last: fmt.Sprintf("%d 月", d.board.last.Month()), This: fmt.Sprintf("%d 月", d.board.this.Month())}
	for _, b := range d.books {
		ids := org.Ancestors(b.Path)
		at := ids[min(1, len(ids)-1)]
		if sums[at] == nil {
			sums[at] = &townSums{}
		}
		row := d.board.row(d.call, b)
		sums[at].add(row, d.board)
		v.Sums.add(row, d.board)
	}
	for _, u := range append(units, root) {
		if s := sums[u.ID]; s != nil {
			v.Tiles = append(v.Tiles, newTownRow(u, *s))
			if s.Overdue > 0 {
				v.Late++
			}
		}
	}
	v.Rows = slices.Clone(v.Tiles)
	v.sort(d.call)
	d.view = v
	return v, nil
}

func newTownRow(u org.Unit, s townSums) townRow {
	t := townRow{Unit: u, townSums: s, Path: fmt.Sprintf("/units/%d/books", u.ID)}
	switch waiting := s.Returned + s.Submitted + s.Checked; {
	case s.Overdue > 0:
		t.Class, t.Mark, t.Word = "n", "!", fmt.Sprintf("逾期 %d 套", s.Overdue)
	case s.Open > 0:
		t.Class, t.Mark, t.Word = "h", "–", fmt.Sprintf("未结 %d 套", s.Open)
	case waiting > 0:
		t.Class, t.Mark, t.Word = "h", "–", fmt.Sprintf("在办 %d 张", waiting)
	default:
		t.Class, t.Mark, t.Word = "y", "✓", "按期"
	}
	return t
}

// sort puts the rows in the order that the address asks for, at first the most overdue on top, and offers the others.
func (v *townsView) sort(c *call) {
	by, order := c.query("sort"), c.query("order")
	if !slices.ContainsFunc(townColumns, func(col struct {
		key, title string
		value      func(t townRow) int64
	}) bool {
		return col.key == by
	}) {
		by, order = "overdue", "desc"
	}
	for _, col := range townColumns {
		head := townHead{Title: col.title, Num: col.value != nil}
		next := "desc" // figures: the largest first
		if col.value == nil {
			next = "asc"
		}
		if col.key == by {
			head.Order = "descending"
			if order != "desc" {
				head.Order = "ascending"
			}
			next = map[string]string{"descending": "asc", "ascending": "desc"}[head.Order]
			slices.SortStableFunc(v.Rows, func(a, b townRow) int {
				n := strings.Compare(a.Unit.Mnemonic, b.Unit.Mnemonic)
				if col.value != nil {
					n = cmp.Compare(col.value(a), col.value(b))
				}
				if order == "desc" {
					n = -n
				}
				return n
			})
		}
		head.Path = "/?" + url.Values{"sort": {col.key}, "order": {next}}.Encode() + "#towns"
		v.Heads = append(v.Heads, head)
	}
}

// pressedMost is how many townships the list of things to do names.
const pressedMost = 8

// pressing asks the county's officer to see after the townships that are overdue, the longest first.
func (d *desk) pressing() ([]todo, error) {
	root, err := org.Root(d.tx, d.actor.County)
	if err != nil || len(d.paths(notice.Issuers...)) == 0 || !d.actor.Has(root.Path, ledger.Readers...) {
		return nil, err
	}
	v, err := d.towns(root)
	if err != nil {
		return nil, err
	}
	late := slices.DeleteFunc(slices.Clone(v.Tiles), func(t townRow) bool { return t.Overdue == 0 })
	slices.SortStableFunc(late, func(a, b townRow) int { return b.Days - a.Days })
	var out []todo
	for _, t := range late[:min(len(late), pressedMost)] {
		out = append(out, todo{
			Due: d.board.today.AddDays(-t.Days), Kind: "督办", What: fmt.Sprintf("%s %d 套账逾期未结", t.Unit.Name, t.Overdue),
			Detail: "请看是哪些账、卡在哪一步,再通知该所", Path: t.Path, Button: "看账套",
		})
	}
	return out, nil
}
