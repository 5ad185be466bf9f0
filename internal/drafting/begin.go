package drafting

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// New is what a draft is begun with.
type New struct {
	Document string // id, the form's idempotency key
	Unit     int64  // the township
	Year     int
	BaseDay  calendar.Date // heads are counted on it
	Notice   string        // 文号 of the drafting notice
}

// Begin begins the budget of a township's year, or an adjustment where the year's is approved: that begins with the
// lines that were approved last. The same form again is refused with an error for which document.IsTaken holds.
func Begin(tx *store.Tx, by identity.Actor, n New) (document.Document, error) {
	none := document.Document{}
	unit, err := org.Get(tx, by.County, n.Unit)
	if err == nil && !by.Sees(unit.Path) {
		err = fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	if err != nil {
		return none, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return none, err
	}
	if err := n.check(unit, today); err != nil {
		return none, err
	}
	d := Draft{Document: n.Document, Unit: unit.ID, Path: unit.Path, Year: n.Year, BaseDay: n.BaseDay, Notice: n.Notice, Maker: by.Person, MadeAt: calendar.Instant(tx.Now)}
	act := document.Act{By: by, Kind: Kind, Step: "begin", ID: d.Document, Unit: unit.ID, Path: unit.Path, Today: today}
	return document.Make(tx, act, func() (document.Effect, error) {
		last, standing, err := Last(tx, by.County, unit.ID, n.Year, false)
		if err != nil {
			return document.Effect{}, err
		}
		if standing && !last.Approved() {
			return document.Effect{}, fault.Newf(fault.Refused, "drafting-standing", "请在该草案上继续办理", "%s %d 年的预算草案正在编制,当前为「%s」", unit.Name, n.Year, Kind.States[last.State])
		}
		if standing {
			d.Round, d.Base = last.Round+1, last.Document
		}
		if err := d.insert(tx, by.County); err != nil {
			return document.Effect{}, err
		}
		if d.Base != "" {
			if err := d.copyBase(tx, by.County); err != nil {
				return document.Effect{}, err
			}
		}
		c, err := ContentOf(tx, by.County, d.Document, 0)
		return document.Effect{Ref: d.Title(), Rows: c.digest(), Facts: d.facts()}, err
	})
}

// Title names a draft.
func (d Draft) Title() string {
	if d.Round == 0 {
		return fmt.Sprintf("%d年预算", d.Year)
	}
	return fmt.Sprintf("%d年预算第%d次调整", d.Year, d.Round)
}

func (n *New) check(unit org.Unit, today calendar.Date) (err error) {
	n.Notice = strings.TrimSpace(n.Notice)
	if unit.Kind != org.Township {
		return fault.Newf(fault.Invalid, "drafting-unit", "请选择乡镇", "%s不是乡镇,没有一级预算", unit.Name).In("unit")
	}
	if n.Year < today.Year() || n.Year > today.Year()+1 {
		return fault.Newf(fault.Invalid, "drafting-year", fmt.Sprintf("请填 %d 或 %d", today.Year(), today.Year()+1), "现在不能编制 %d 年的预算", n.Year).In("year")
	}
	if n.BaseDay, err = calendar.ParseDate(string(n.BaseDay)); err != nil {
		return fault.As(err).In("base_day")
	}
	if n.BaseDay > today {
		return fault.Newf(fault.Invalid, "drafting-base-day", "请填今天或以前的日期", "人数基准日 %s 还没有到", n.BaseDay).In("base_day")
	}
	if n.Notice == "" {
		return fault.New(fault.Invalid, "drafting-notice", "没有填写预算编制通知的文号", "请填写县财政部门编制通知的文号").In("notice")
	}
	return text.Check("notice", "文号", n.Notice, basisMost)
}

func (d Draft) insert(tx *store.Tx, county int64) error {
	var base any
	if d.Base != "" {
		base = d.Base
	}
	_, err := tx.Exec(`insert into budget_draft (county_id, document_id, unit_id, year, round, base_id, base_day, notice_no, maker_id, made_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, county, d.Document, d.Unit, d.Year, d.Round, base, string(d.BaseDay), d.Notice, d.Maker, d.MadeAt)
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这份预算草案已经启动", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("drafting.Begin %s: %w", d.Document, err)
	}
	return nil
}

// copyBase begins an adjustment with the lines and items that were approved last.
func (d Draft) copyBase(tx *store.Tx, county int64) error {
	stage, err := lastStage(tx, county, d.Base)
	if err == nil {
		err = copyRows(tx, county, d.Base, stage, d.Document, 0)
	}
	return err
}

func lastStage(tx *store.Tx, county int64, id string) (n int, err error) {
	err = tx.QueryRow(`select coalesce(max(stage_no), 0) from budget_draft_stage where county_id = $1 and document_id = $2`, county, id).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("drafting: stages of %s: %w", id, err)
	}
	return n, nil
}

// copyRows copies lines, items and control numbers of a version.
func copyRows(tx *store.Tx, county int64, from string, stage int, to string, no int) error {
	for _, q := range []string{
		`insert into budget_draft_line (county_id, document_id, stage_no, unit_id, line_no, basis, fund, source, function, gov_economic, economic, project, standard_id,
			quantity, rate, amount, purchase, guarantee, note)
		select county_id, cast($4 as text), cast($5 as integer), unit_id, line_no, basis, fund, source, function, gov_economic, economic, project, standard_id,
			quantity, rate, amount, purchase, guarantee, note from budget_draft_line where county_id = $1 and document_id = $2 and stage_no = $3`,
		`insert into budget_draft_item (county_id, document_id, stage_no, item_no, side, fund, class, counter, amount, note)
		select county_id, cast($4 as text), cast($5 as integer), item_no, side, fund, class, counter, amount, note from budget_draft_item where county_id = $1 and document_id = $2 and stage_no = $3`,
		`insert into budget_draft_control (county_id, document_id, stage_no, unit_id, fund, amount)
		select county_id, cast($4 as text), cast($5 as integer), unit_id, fund, amount from budget_draft_control where county_id = $1 and document_id = $2 and stage_no = $3`,
	} {
		if _, err := tx.Exec(q, county, from, stage, to, no); err != nil {
			return fmt.Errorf("drafting: version %d of %s: %w", no, to, err)
		}
	}
	return nil
}

// facts are what the leaf of a draft's beginning says openly.
func (d Draft) facts() map[string]string {
	return map[string]string{
		"unit": fmt.Sprint(d.Unit), "year": fmt.Sprint(d.Year), "round": fmt.Sprint(d.Round), "base": d.Base, "base_day": string(d.BaseDay), "notice": d.Notice,
	}
}
