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
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// The parts that are saved as a whole.
const (
	partLines = "lines"
	partItems = "items"
)

// The most lines of a unit and items of a township, and the longest note, in characters.
const (
	linesMost = 400
	itemsMost = 200
	noteMost  = 200
)

// Part is a form's content with its version, by which two people who change the same part at once are told apart.
type Part struct {
	Unit    org.Unit
	Version int64
}

// PartOf gives the version of a unit's lines, or of the township's items.
func PartOf(tx *store.Tx, county int64, d Draft, unit org.Unit, items bool) (Part, error) {
	p := Part{Unit: unit}
	err := tx.QueryRow(`select coalesce(max(version), 0) from budget_draft_part where county_id = $1 and document_id = $2 and unit_id = $3 and part = $4`,
		county, d.Document, unit.ID, partName(items)).Scan(&p.Version)
	if err != nil {
		return p, fmt.Errorf("drafting.PartOf %s: %w", d.Document, err)
	}
	return p, nil
}

func partName(items bool) string {
	if items {
		return partItems
	}
	return partLines
}

// SaveLines puts a unit's lines in place of those before. Of a line that rests on a standard the amount is computed; what
// is given must agree. version is that of the part that the person saw.
func SaveLines(tx *store.Tx, by identity.Actor, id string, unit, version int64, lines []Line) error {
	d, u, err := toFill(tx, by, id, unit)
	if err != nil {
		return err
	}
	return d.save(tx, by, u, partLines, version, func() (string, error) {
		lines, err := d.compute(tx, by.County, u, lines)
		if err != nil {
			return "", err
		}
		if err := replaceLines(tx, by.County, d.Document, u.ID, lines); err != nil {
			return "", err
		}
		return Content{Lines: lines}.digest(), nil
	})
}

// SaveItems puts the township's forecasts of income and its outlays as a whole in place of those before.
func SaveItems(tx *store.Tx, by identity.Actor, id string, version int64, items []Item) error {
	d, err := Get(tx, by, id)
	if err != nil {
		return err
	}
	unit, err := org.Get(tx, by.County, d.Unit)
	if err != nil {
		return err
	}
	if err := by.Require(d.Path, "编报"+d.UnitName+"的收入预测", Balancers...); err != nil {
		return err
	}
	return d.save(tx, by, unit, partItems, version, func() (string, error) {
		if err := d.checkItems(tx, items); err != nil {
			return "", err
		}
		if err := replaceItems(tx, by.County, d.Document, items); err != nil {
			return "", err
		}
		return Content{Items: items}.digest(), nil
	})
}

// toFill gives the draft and the unit whose lines the person fills in.
func toFill(tx *store.Tx, by identity.Actor, id string, unit int64) (Draft, org.Unit, error) {
	d, err := Get(tx, by, id)
	if err != nil {
		return d, org.Unit{}, err
	}
	units, err := Units(tx, by.County, d)
	if err != nil {
		return d, org.Unit{}, err
	}
	i := slices.IndexFunc(units, func(u org.Unit) bool { return u.ID == unit })
	if i < 0 || !by.Has(units[i].Path, Readers...) {
		return d, org.Unit{}, fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	return d, units[i], nil
}

// save writes a part within the step that fills in a draft. The version of the part is checked; that of the draft is not
// the person's concern: other units fill in theirs at the same time.
func (d Draft) save(tx *store.Tx, by identity.Actor, unit org.Unit, part string, version int64, write func() (string, error)) error {
	standing, err := PartOf(tx, by.County, d, unit, part == partItems)
	if err != nil {
		return err
	}
	if standing.Version != version {
		return fault.Newf(fault.Conflict, "drafting-part-stale", "请刷新后在最新内容上修改", "%s的这部分草案已被他人修改", unit.Name)
	}
	step := "fill"
	if d.State == Down1 {
		step = "fill-again"
	}
	act := document.Act{By: by, Kind: Kind, Step: step, ID: d.Document, Version: d.Version, Path: unit.Path}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
		rows, err := write()
		if err != nil {
			return document.Effect{}, err
		}
		_, err = tx.Exec(`insert into budget_draft_part (county_id, document_id, unit_id, part, version) values ($1, $2, $3, $4, $5)
			on conflict (county_id, document_id, unit_id, part) do update set version = excluded.version`, by.County, d.Document, unit.ID, part, version+1)
		if err != nil {
			return document.Effect{}, fmt.Errorf("drafting: part of %s: %w", d.Document, err)
		}
		return document.Effect{Rows: rows, Facts: map[string]string{"unit": fmt.Sprint(unit.ID), "part": part}}, nil
	})
	return err
}

// Saved reports whether the person has saved a part from the version that he sends again: a form that was sent twice.
func Saved(tx *store.Tx, by identity.Actor, id string, unit, version int64, items bool) (bool, error) {
	d, err := Get(tx, by, id)
	if err != nil {
		return false, err
	}
	p, err := PartOf(tx, by.County, d, org.Unit{ID: unit}, items)
	if err != nil || p.Version != version+1 {
		return false, err
	}
	rows, err := trail.List(tx, by.County, id)
	last := int64(0)
	for _, r := range rows {
		leaf, e := trail.Parse(r.Leaf)
		if e == nil && leaf.Facts["unit"] == fmt.Sprint(unit) && leaf.Facts["part"] == partName(items) {
			last = r.Person
		}
	}
	return last == by.Person, err
}

// onRow names the row in a refusal that is about one of many.
func onRow(n int, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	named := *f
	named.Message = fmt.Sprintf("第 %d 行:%s", n, f.Message)
	return named.In(fmt.Sprintf("%s-%d", cmp.Or(f.Field, "line"), n))
}

// firstDay is the day whose rules and classes a year's budget follows.
func firstDay(year int) calendar.Date { return calendar.PeriodOf(year, 1).First() }

// compute checks a unit's lines and works out what rests on standards: heads from the roster of the base day.
func (d Draft) compute(tx *store.Tx, county int64, unit org.Unit, lines []Line) ([]Line, error) {
	if len(lines) > linesMost {
		return nil, fault.Newf(fault.Invalid, "drafting-many-lines", "请合并同类支出", "一个单位最多编 %d 行,现有 %d 行", linesMost, len(lines))
	}
	standards, err := StandardsOn(tx, county, unit.Kind, d.BaseDay)
	if err != nil {
		return nil, err
	}
	heads, err := Heads(tx, county, unit, d.BaseDay)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(lines))
	seen := map[Line]bool{}
	for i, l := range lines {
		l.Unit, l.UnitName = unit.ID, unit.Name
		if err := l.compute(standards, heads, unit); err != nil {
			return nil, onRow(i+1, err)
		}
		if err := l.check(tx, d.Year); err != nil {
			return nil, onRow(i+1, err)
		}
		key := l
		key.Quantity, key.Rate, key.Amount, key.Note, key.Purchase, key.Guarantee = 0, 0, 0, "", false, false
		if seen[key] {
			return nil, onRow(i+1, fault.New(fault.Invalid, "drafting-line-twice", "与前面的一行相同", "请合并成一行").In("standard"))
		}
		seen[key] = true
		out[i] = l
	}
	return out, sameMarks(out)
}

// sameMarks wants lines that become one appropriation to bear the same marks.
func sameMarks(lines []Line) error {
	marks := map[appropriation.Key][2]bool{}
	for i, l := range lines {
		k := l.key(0)
		m, known := marks[k]
		if known && m != [2]bool{l.Purchase, l.Guarantee} {
			return onRow(i+1, fault.New(fault.Invalid, "drafting-marks", "同一功能分类、经济分类和项目的各行,政府采购、三保标识须一致", "请统一标识").In("guarantee"))
		}
		marks[k] = [2]bool{l.Purchase, l.Guarantee}
	}
	return nil
}

// compute works out what a line comes to.
func (l *Line) compute(standards []Standard, heads map[string]int64, unit org.Unit) error {
	for _, f := range []*string{&l.Fund, &l.Source, &l.Function, &l.GovEconomic, &l.Economic, &l.Project, &l.Standard, &l.Note} {
		*f = strings.TrimSpace(*f)
	}
	l.Source = cmp.Or(l.Source, appropriation.SourceOwn)
	if l.Standard == "" {
		l.Basis, l.Rate = appropriation.Project, 0
		if l.Project == "" {
			return fault.New(fault.Refused, "drafting-project-missing", "没有写明项目;人员、公用经费按定额标准计算", "请选择定额标准,或填写项目名称").In("project")
		}
		if l.GovEconomic == "" {
			var err error
			l.GovEconomic, err = govOf(l.Economic, institution(unit))
			return err
		}
		return nil
	}
	i := slices.IndexFunc(standards, func(s Standard) bool { return s.Document == l.Standard })
	if i < 0 {
		return fault.Newf(fault.Invalid, "drafting-standard-unknown", "请从列表中选择基准日有效的标准", "%s不能用这项定额标准", unit.Name).In("standard")
	}
	s := standards[i]
	if s.Counts() {
		n := heads[s.PostKind]
		if l.Quantity != 0 && l.Quantity != n {
			return fault.Newf(fault.Refused, "drafting-heads", "人数按花名册和编制计算,有误的请先办理花名册变动", "「%s」填写 %d 人,按花名册和编制为 %d 人", s.Title, l.Quantity, n).In("quantity")
		}
		l.Quantity = n
	}
	if l.Quantity < 0 || l.Quantity > 10_000_000 {
		return fault.Newf(fault.Invalid, "drafting-quantity", "请填写不小于零的整数", "「%s」的数量 %d 不对", s.Title, l.Quantity).In("quantity")
	}
	sum := s.Amount * money.Fen(l.Quantity)
	if l.Amount != 0 && l.Amount != sum {
		return fault.Newf(fault.Refused, "drafting-amount-typed", "金额按标准计算,请不要填写;标准有误的请先调整定额标准",
			"「%s」按标准 %s 元 × %d %s 为 %s 元,填写 %s 元", s.Title, s.Amount, l.Quantity, s.Measure, sum, l.Amount).In("amount")
	}
	if l.Project != "" {
		return fault.Newf(fault.Refused, "drafting-project-basic", "请把项目另列一行,不选定额标准", "「%s」是基本支出,不能写项目「%s」", s.Title, l.Project).In("project")
	}
	l.Basis, l.Economic, l.Rate, l.Amount = s.basis(), s.Economic, s.Amount, sum
	var err error
	l.GovEconomic, err = govOf(s.Economic, s.PostKind == "institution" || s.PostKind == "" && institution(unit))
	return err
}

// institution reports whether a unit is one (事业单位); its cost goes under the government's classes for institutions.
func institution(u org.Unit) bool { return u.Kind == org.Station || u.Kind == org.Centre }

// key is the appropriation that the line becomes.
func (l Line) key(year int) appropriation.Key {
	return appropriation.Key{Year: year, Unit: l.Unit, Fund: l.Fund, Function: l.Function, GovEconomic: l.GovEconomic, Economic: l.Economic, Project: l.Project}
}

func (l Line) check(tx *store.Tx, year int) error {
	if l.Amount < 0 || l.Amount > money.Max || l.Standard == "" && l.Amount == 0 {
		return fault.Newf(fault.Invalid, "drafting-amount", "请填大于零的金额,最多两位小数", "金额 %s 元不对", l.Amount).In("amount")
	}
	if !slices.Contains(Sources(), l.Source) {
		return fault.New(fault.Invalid, "drafting-source", "没有选择资金来源", "请选择本级财力、上级转移支付、债务收入、调入资金或上年结转").In("source")
	}
	if err := text.Check("note", "说明", l.Note, noteMost); err != nil {
		return err
	}
	_, err := appropriation.CheckLine(tx, appropriation.NewLine{Key: l.key(year)})
	return err
}

func replaceLines(tx *store.Tx, county int64, id string, unit int64, lines []Line) error {
	_, err := tx.Exec(`delete from budget_draft_line where county_id = $1 and document_id = $2 and stage_no = 0 and unit_id = $3`, county, id, unit)
	for i, l := range lines {
		if err != nil {
			break
		}
		_, err = tx.Exec(`insert into budget_draft_line (county_id, document_id, stage_no, unit_id, line_no, basis, fund, source, function, gov_economic, economic, project,
			standard_id, quantity, rate, amount, purchase, guarantee, note) values ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
			county, id, unit, i+1, string(l.Basis), l.Fund, l.Source, l.Function, l.GovEconomic, l.Economic, l.Project, l.Standard, l.Quantity, int64(l.Rate), int64(l.Amount),
			l.Purchase, l.Guarantee, l.Note)
	}
	if err != nil {
		return fmt.Errorf("drafting: lines of %s: %w", id, err)
	}
	return nil
}

func (d Draft) checkItems(tx *store.Tx, items []Item) error {
	if len(items) > itemsMost {
		return fault.Newf(fault.Invalid, "drafting-many-lines", "请合并同类收支", "最多编 %d 行,现有 %d 行", itemsMost, len(items))
	}
	seen := map[Item]bool{}
	for i := range items {
		if err := items[i].check(tx, d.Year); err != nil {
			return onRow(i+1, err)
		}
		key := items[i]
		key.Amount, key.Note = 0, ""
		if seen[key] {
			return onRow(i+1, fault.New(fault.Invalid, "drafting-line-twice", "与前面的一行相同", "请合并成一行").In("class"))
		}
		seen[key] = true
	}
	return nil
}

// check refuses an item whose class is not one of its side, and a transfer between kinds of money without the other kind.
func (i *Item) check(tx *store.Tx, year int) error {
	for _, f := range []*string{&i.Fund, &i.Class, &i.Counter, &i.Note} {
		*f = strings.TrimSpace(*f)
	}
	funds, err := ledger.ClassesOf(tx, standard.Fund, year)
	if err != nil {
		return err
	}
	kind, own := standard.Revenue, classTransferIn
	if i.Side == Outlay {
		kind, own = standard.Function, classTransferOut
	}
	classes, err := ledger.ClassesOf(tx, kind, year)
	if err != nil {
		return err
	}
	if _, ok := funds[i.Fund]; !ok {
		return fault.Newf(fault.Invalid, "drafting-fund", "请从资金性质中选择", "没有资金性质「%s」", i.Fund).In("fund")
	}
	_, known := classes[i.Class]
	transfer := strings.HasPrefix(i.Class, own)
	switch _, counter := funds[i.Counter]; {
	case i.Side != Income && i.Side != Outlay:
		return fault.New(fault.Invalid, "drafting-side", "没有写明是收入还是支出", "请选择收入预测,或转移性支出、预备费及结转").In("side")
	case !known:
		return fault.Newf(fault.Invalid, "class-unknown", "收入填收入分类,支出填功能分类", "%d 年分类中没有「%s」", year, i.Class).In("class")
	case i.Side == Outlay && !strings.HasPrefix(i.Class, classReserve) && !strings.HasPrefix(i.Class, "230") && !strings.HasPrefix(i.Class, "231"):
		return fault.Newf(fault.Refused, "drafting-outlay-class", "请在单位的支出中编报", "功能分类 %s 是单位的支出,不在这里编列", i.Class).In("class")
	case i.Class == classReserve && i.Fund != generalFund:
		return fault.New(fault.Refused, "drafting-reserve-fund", "预备费在一般公共预算中设置", "请改资金性质(预算法第四十条)").In("fund")
	case transfer && (!counter || i.Counter == i.Fund):
		return fault.Newf(fault.Refused, "drafting-transfer-counter", "请选择对方的资金性质", "%s %s 没有写明与哪种资金之间调入、调出", i.Class, classes[i.Class].Name).In("counter")
	case !transfer && i.Counter != "":
		return fault.Newf(fault.Invalid, "drafting-counter-idle", "请清空对方资金", "%s %s 不是调入、调出", i.Class, classes[i.Class].Name).In("counter")
	case i.Amount <= 0 || i.Amount > money.Max:
		return fault.Newf(fault.Invalid, "drafting-amount", "请填大于零的金额,最多两位小数", "金额 %s 元不对", i.Amount).In("amount")
	}
	if err := text.Check("note", "说明", i.Note, noteMost); err != nil {
		return err
	}
	return i.checkForecast()
}

func replaceItems(tx *store.Tx, county int64, id string, items []Item) error {
	_, err := tx.Exec(`delete from budget_draft_item where county_id = $1 and document_id = $2 and stage_no = 0`, county, id)
	for n, i := range items {
		if err != nil {
			break
		}
		_, err = tx.Exec(`insert into budget_draft_item (county_id, document_id, stage_no, item_no, side, fund, class, counter, amount, note)
			values ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9)`, county, id, n+1, string(i.Side), i.Fund, i.Class, i.Counter, int64(i.Amount), i.Note)
	}
	if err != nil {
		return fmt.Errorf("drafting: items of %s: %w", id, err)
	}
	return nil
}
