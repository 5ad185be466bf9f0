package drafting

import (
	"fmt"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Verify compares every draft with its leaves: how it was begun, each frozen version, the working parts, the resolution;
// and whether all that follows from an approval was made, with the amounts that were approved.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	all, err := query(tx, ` order by x.document_id`, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, d := range all {
		v := &verifier{tx: tx, county: county, draft: d, filled: map[string]string{}}
		if err := v.run(); err != nil {
			return nil, fmt.Errorf("drafting.Verify %s: %w", d.Document, err)
		}
		flaws = append(flaws, v.flaws...)
	}
	return flaws, nil
}

// VerifyStandards compares every standard with the leaf of its setting.
func VerifyStandards(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "budget_standard")
	if err != nil {
		return nil, err
	}
	all, err := Standards(tx, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, s := range all {
		leaf := leaves[s.Document]["set"]
		right := leaf.By(s.Maker, s.MadeAt)
		for k, v := range s.facts() {
			right = right && leaf.Facts[k] == v
		}
		if !right {
			flaws = append(flaws, document.Flaw{Document: s.Document, Message: fmt.Sprintf("定额标准「%s」与存证不符", s.Title)})
		}
	}
	return flaws, nil
}

type verifier struct {
	tx     *store.Tx
	county int64
	draft  Draft
	leaves []trail.Leaf
	filled map[string]string // digest of the last saving, by unit and part
	flaws  []document.Flaw
}

func (v *verifier) flaw(format string, args ...any) {
	v.flaws = append(v.flaws, document.Flaw{Document: v.draft.Document, Message: v.draft.UnitName + v.draft.Title() + fmt.Sprintf(format, args...)})
}

func (v *verifier) run() error {
	rows, err := trail.List(v.tx, v.county, v.draft.Document)
	if err != nil {
		return err
	}
	frozen := 0
	for _, r := range rows {
		leaf, err := trail.Parse(r.Leaf)
		if err != nil {
			continue // document.Verify names it
		}
		v.leaves = append(v.leaves, leaf)
		switch leaf.Step.Step {
		case "begin":
			v.matches(leaf, v.draft.facts(), "的启动信息")
			if !(document.Told{Leaf: leaf}).By(v.draft.Maker, v.draft.MadeAt) {
				v.flaw("的启动人、时间与存证不符")
			}
		case "resolve":
			if v.last("resolve", rows) == r.Version {
				v.matches(leaf, v.draft.Session.facts(), "的人大决议")
			}
		case "fill", "fill-again":
			v.filled[leaf.Facts["unit"]+leaf.Facts["part"]] = leaf.Rows
		case "up1", "down1", "up2", "review", "present", "confirm":
			frozen++
			if err := v.stage(frozen, leaf); err != nil {
				return err
			}
		}
		if leaf.Step.Step == "confirm" {
			if err := v.followed(leaf); err != nil {
				return err
			}
		}
	}
	return v.rest(frozen)
}

// last gives the version of the last leaf of a step.
func (v *verifier) last(step string, rows []trail.Row) (version int64) {
	for _, r := range rows {
		if r.Step == step {
			version = r.Version
		}
	}
	return version
}

func (v *verifier) matches(leaf trail.Leaf, facts map[string]string, what string) {
	for k, text := range facts {
		if leaf.Facts[k] != text {
			v.flaw("%s与存证不符", what)
			return
		}
	}
}

// stage compares a frozen version with the leaf of its step.
func (v *verifier) stage(no int, leaf trail.Leaf) error {
	stages, err := Stages(v.tx, v.county, v.draft.Document)
	if err != nil {
		return err
	}
	c, err := ContentOf(v.tx, v.county, v.draft.Document, no)
	if err != nil {
		return err
	}
	if no > len(stages) || stages[no-1].No != no || stages[no-1].Step != leaf.Step.Step || stages[no-1].Version != leaf.Version ||
		!(document.Told{Leaf: leaf}).By(stages[no-1].Person, stages[no-1].At) {
		v.flaw("第 %d 版缺失或与存证不符", no)
	} else if c.digest() != leaf.Rows {
		v.flaw("第 %d 版(%s)的内容与存证不符", no, stages[no-1].Title())
	}
	return nil
}

// rest compares the working parts with their last savings, and finds versions and parts that no leaf tells of.
func (v *verifier) rest(frozen int) error {
	stages, err := Stages(v.tx, v.county, v.draft.Document)
	if err != nil {
		return err
	}
	if len(stages) > frozen {
		v.flaw("有 %d 个版本没有存证", len(stages)-frozen)
	}
	working, err := ContentOf(v.tx, v.county, v.draft.Document, 0)
	if err != nil {
		return err
	}
	var base Content
	if v.draft.Base != "" {
		stage, err := lastStage(v.tx, v.county, v.draft.Base)
		if err == nil {
			base, err = ContentOf(v.tx, v.county, v.draft.Base, stage)
		}
		if err != nil {
			return err
		}
	}
	units := map[int64]bool{}
	for _, l := range append(append([]Line{}, working.Lines...), base.Lines...) {
		units[l.Unit] = true
	}
	for key := range v.filled {
		var unit int64
		if n, _ := fmt.Sscanf(key, "%d"+partLines, &unit); n == 1 && strings.HasSuffix(key, partLines) {
			units[unit] = true
		}
	}
	for unit := range units {
		want, known := v.filled[fmt.Sprint(unit)+partLines]
		if !known {
			want = Content{Lines: base.of(unit)}.digest()
		}
		if (Content{Lines: working.of(unit)}).digest() != want {
			v.flaw("单位 %d 的编报内容与存证不符", unit)
		}
	}
	want, known := v.filled[fmt.Sprint(v.draft.Unit)+partItems]
	if !known {
		want = Content{Items: base.Items}.digest()
	}
	if (Content{Items: working.Items}).digest() != want {
		v.flaw("的收入预测与存证不符")
	}
	return nil
}

// of gives the lines of a unit.
func (c Content) of(unit int64) (out []Line) {
	for _, l := range c.Lines {
		if l.Unit == unit {
			out = append(out, l)
		}
	}
	return out
}

// followed finds what an approval should have made and did not: orders, with the amounts of the approved version, the
// general budget book's lines and the obligations.
func (v *verifier) followed(leaf trail.Leaf) error {
	var ids []string
	for _, id := range append(strings.Split(leaf.Facts["orders"], ","), leaf.Facts["book"]) {
		if id != "" {
			ids = append(ids, id)
		}
	}
	var given money.Fen
	for _, id := range ids {
		d, err := document.Get(v.tx, v.county, id)
		if fault.Is(err, fault.NotFound) {
			v.flaw("批准后的单据 %s 不存在", id)
			continue
		}
		if err != nil {
			return err
		}
		if d.Kind != appropriation.Kind.Name {
			continue
		}
		if d.State != appropriation.Effective {
			v.flaw("批准后的指标单 %s 没有下达", d.Ref)
		}
		made, err := appropriation.MovesBy(v.tx, v.county, id)
		if err != nil {
			return err
		}
		for _, m := range made {
			if m.Kind != appropriation.Lapse {
				given += m.Amount * money.Fen(m.Kind.Sign())
			}
		}
	}
	if err := v.gave(given); err != nil {
		return err
	}
	var n int
	err := v.tx.QueryRow(`select count(*) from obligation where county_id = $1 and source_id = $2 and kind in ('budget-reply', 'budget-filing', 'budget-publication')`,
		v.county, v.draft.Document).Scan(&n)
	if err != nil {
		return err
	}
	if n != len(approvedKinds) {
		v.flaw("批准后应有 %d 项办理时限,实有 %d 项", len(approvedKinds), n)
	}
	return nil
}

// gave compares what the orders gave with the approved version, less the one before of an adjustment.
func (v *verifier) gave(given money.Fen) error {
	want := func(id string) (sum money.Fen, err error) {
		stage, err := lastStage(v.tx, v.county, id)
		if err != nil {
			return 0, err
		}
		c, err := ContentOf(v.tx, v.county, id, stage)
		sums, _ := c.granted(v.draft.Year)
		for _, amount := range sums {
			sum += amount
		}
		return sum, err
	}
	total, err := want(v.draft.Document)
	if err == nil && v.draft.Base != "" {
		var before money.Fen
		before, err = want(v.draft.Base)
		total -= before
	}
	if err == nil && total != given {
		v.flaw("批准 %s 元,指标单下达 %s 元", total, given)
	}
	return err
}
