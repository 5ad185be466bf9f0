package ledger

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

func sortedIDs[V any](m map[int64]V) []int64 { return slices.Sorted(maps.Keys(m)) }

//go:embed closing.csv
var closingTable string

// carryRule says where the balance of accounts goes at the year's end, stage by stage.
type carryRule struct {
	chart    ChartName
	regime   Regime
	stage    int
	prefix   string
	when     string // project: only with a project; fund=2: only of that fund
	target   string
	template string
}

var carryRules = sync.OnceValue(func() []carryRule {
	records, err := csv.NewReader(strings.NewReader(closingTable)).ReadAll()
	if err != nil {
		panic(err) // embedded
	}
	var rules []carryRule
	for _, r := range records[1:] {
		stage, err := strconv.Atoi(r[2])
		if err != nil {
			panic(err) // embedded
		}
		rules = append(rules, carryRule{ChartName(r[0]), Regime(r[1]), stage, r[3], r[4], r[5], r[6]})
	}
	return rules
})

const carryStages = 3

// carryRuleFor finds the rule of a combination in a stage: the longest prefix, and a condition before none.
func carryRuleFor(b Book, stage int, c Combination) (carryRule, bool) {
	var best carryRule
	found := false
	for _, r := range carryRules() {
		if r.chart != b.Chart || r.regime != "" && r.regime != b.Regime || r.stage != stage || !strings.HasPrefix(c.Account, r.prefix) {
			continue
		}
		fund, ofFund := strings.CutPrefix(r.when, "fund=")
		if r.when == "project" && c.Dims.Project == "" || ofFund && c.Dims.Fund != fund {
			continue
		}
		if !found || len(r.prefix) > len(best.prefix) || len(r.prefix) == len(best.prefix) && r.when != "" {
			best, found = r, true
		}
	}
	return best, found
}

// carryTarget reports whether the year's end enters an account by itself.
func carryTarget(chart ChartName, account string) bool {
	return slices.ContainsFunc(carryRules(), func(r carryRule) bool { return r.chart == chart && r.target == account })
}

// carried reports whether an account must stand at zero when its year is closed.
func carried(b Book, account string) bool {
	for stage := 1; stage <= carryStages; stage++ {
		if _, ok := carryRuleFor(b, stage, Combination{Account: account, Dims: Dims{Project: "x"}}); ok {
			return true
		}
	}
	return false
}

// CarryOver makes the closing vouchers of a year, dated 31 December and submitted for checking: income and expense to
// the surplus, the surplus to the accumulated one, in both halves (posting templates T34 to T38 and T51). newID
// gives each voucher its document id.
func CarryOver(tx *store.Tx, by identity.Actor, book int64, year int, newID func() string) ([]document.Document, error) {
	b, err := seeClaimed(tx, by, book)
	if err != nil {
		return nil, err
	}
	first := newID()
	if err := document.Untaken(tx, b.County, first, VoucherKind); err != nil {
		return nil, err
	}
	chart, vouchers, err := planCarryOver(tx, b, year)
	if err != nil {
		return nil, err
	}
	var made []document.Document
	for i, v := range vouchers {
		id := first
		if i > 0 {
			id = newID()
		}
		d, err := submitClosing(tx, by, b, chart, id, v)
		if err != nil {
			return nil, err
		}
		made = append(made, d)
	}
	return made, nil
}

// PlanCarryOver gives the closing vouchers that CarryOver would make of a year as it stands, or the sentence with which
// it would refuse; it writes nothing.
func PlanCarryOver(tx *store.Tx, b Book, year int) ([]Voucher, error) {
	_, vouchers, err := planCarryOver(tx, b, year)
	return vouchers, err
}

func planCarryOver(tx *store.Tx, b Book, year int) (*Chart, []Voucher, error) {
	december := calendar.PeriodOf(year, 12)
	if !b.Open(december) {
		return nil, nil, fault.Newf(fault.Refused, "carry-not-open", "请在 12 月开放后办理", "账套%s的 %s 未到或已结账,不能生成结转凭证", b.Name, december.Chinese())
	}
	drafts, err := listDrafts(tx, b, "")
	if err != nil {
		return nil, nil, err
	}
	for _, d := range drafts {
		if d.Period().Year() == year && d.State != Voided {
			return nil, nil, fault.Newf(fault.Refused, "carry-unposted", "请先记账或作废", "账套%s在 %d 年还有未记账凭证(%s,%s),不能结转",
				b.Name, year, d.Period().Chinese(), VoucherKind.States[d.State])
		}
	}
	chart, err := ChartOf(tx, b, year)
	if err != nil {
		return nil, nil, err
	}
	vouchers, err := closingVouchers(tx, b, chart, year)
	if err != nil {
		return nil, nil, err
	}
	if len(vouchers) == 0 {
		return nil, nil, fault.Newf(fault.Refused, "carry-nothing", "可以直接结账", "账套%s在 %d 年没有需要结转的余额", b.Name, year)
	}
	return chart, vouchers, nil
}

func submitClosing(tx *store.Tx, by identity.Actor, b Book, chart *Chart, id string, v Voucher) (document.Document, error) {
	if err := v.Check(chart, b); err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: VoucherKind, Step: "carry-over", ID: id, Unit: b.Unit, Path: b.Path, Today: b.Today}
	return document.Make(tx, act, func() (document.Effect, error) {
		n, err := takeNumber(tx, b, v.Date.Period(), v.Word, 0)
		if err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Ref: Ref(b.ID, n)}, writeDraft(tx, by, chart, DraftVoucher{
			Document: id, Book: b.ID, Date: string(v.Date), Word: v.Word, Number: n.Number, Kind: Closing, Lines: Typed(v.Lines), Note: v.Note,
		})
	})
}

// closingVouchers computes the vouchers stage by stage: each stage finds what the stages before it have moved.
func closingVouchers(tx *store.Tx, b Book, chart *Chart, year int) ([]Voucher, error) {
	moves, provisional, err := Balances(tx, b.County, []Book{b}, calendar.PeriodOf(year, 1), calendar.PeriodOf(year, 12))
	if err != nil {
		return nil, err
	}
	combinations, err := Combinations(tx, b.County)
	if err != nil {
		return nil, err
	}
	if provisional {
		if err := nothingLeftOver(b, year, moves, combinations); err != nil {
			return nil, err
		}
	}
	standing := map[combinationKey]money.Fen{}
	for id, m := range moves {
		if fen := m.Balance(); fen != 0 {
			c := combinations[id]
			standing[combinationKey{b.County, b.Chart, c.Account, c.Dims}] += fen
		}
	}
	var vouchers []Voucher
	for stage := 1; stage <= carryStages; stage++ {
		for _, half := range []Half{Financial, Budgetary} {
			lines, note, err := carryStage(b, chart, stage, half, standing)
			if err != nil {
				return nil, err
			}
			vouchers = append(vouchers, splitClosing(b, year, lines, note)...)
		}
	}
	return vouchers, nil
}

// nothingLeftOver refuses a year whose opening still holds what the year before has to carry over itself.
func nothingLeftOver(b Book, year int, moves map[int64]Move, combinations map[int64]Combination) error {
	for _, id := range sortedIDs(moves) {
		if fen, account := moves[id].Opening, combinations[id].Account; fen != 0 && carried(b, account) {
			return fault.Newf(fault.Refused, "carry-order", fmt.Sprintf("请先办理 %d 年的年终结转和结账", year-1),
				"账套%s的 %d 年还未结转,科目 %s 年初余额 %s 元,不能结转 %d 年", b.Name, year-1, account, fen, year)
		}
	}
	return nil
}

// carryStage empties the accounts of one stage and half into their targets and keeps standing up to date.
func carryStage(b Book, chart *Chart, stage int, half Half, standing map[combinationKey]money.Fen) (pairs [][2]Line, note string, err error) {
	keys := make([]combinationKey, 0, len(standing))
	for k, fen := range standing {
		if fen != 0 {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(x, y combinationKey) int {
		return strings.Compare(fmt.Sprint(x.account, x.dims), fmt.Sprint(y.account, y.dims))
	})
	templates := map[string]bool{}
	for _, k := range keys {
		a, ok := chart.Account(k.account)
		if !ok || a.Half != half {
			continue
		}
		rule, ok := carryRuleFor(b, stage, Combination{Account: k.account, Dims: k.dims})
		if !ok {
			continue
		}
		target, ok := chart.Account(rule.target)
		if !ok {
			return nil, "", fault.Newf(fault.Refused, "carry-target-missing", "请在科目表中补上该科目后再结转",
				"科目 %s %s 年终应结转到科目 %s,但 %d 年科目表中没有它", a.Code, a.Name, rule.target, chart.Year)
		}
		to := combinationKey{k.county, k.chart, rule.target, keepDims(target, k.dims)}
		fen := standing[k]
		summary := "结转" + a.Name
		pairs = append(pairs, [2]Line{
			signed(Line{Account: k.account, Dims: k.dims, Summary: summary}, -fen),
			signed(Line{Account: to.account, Dims: to.dims, Summary: summary}, fen),
		})
		standing[k] = 0
		standing[to] += fen
		templates[rule.template] = true
	}
	return pairs, "按" + strings.Join(slices.Sorted(maps.Keys(templates)), "、") + "结转", nil
}

// keepDims keeps the dimensions that the target account takes.
func keepDims(target *Account, d Dims) Dims {
	kept := Dims{Unit: d.Unit}
	for _, r := range target.Requires {
		switch r.Dimension {
		case Function:
			kept.Function = d.Function
		case Project:
			kept.Project = d.Project
		case Economic:
			kept.Economic = d.Economic
		case Fund:
			kept.Fund = d.Fund
		case Party:
			kept.Party = d.Party
		}
	}
	return kept
}

// signed puts an amount on the side it belongs to: debit positive.
func signed(l Line, fen money.Fen) Line {
	if fen > 0 {
		l.Debit = fen
	} else {
		l.Credit = -fen
	}
	return l
}

// splitClosing makes vouchers that are not too long, adding up the lines of one target.
func splitClosing(b Book, year int, pairs [][2]Line, note string) []Voucher {
	var out []Voucher
	for chunk := range slices.Chunk(pairs, LinesMost/2) {
		v := Voucher{Book: b.ID, Date: calendar.PeriodOf(year, 12).Last(), Word: "记", Kind: Closing, Note: note}
		targets := map[combinationKey]money.Fen{}
		var order []combinationKey
		for _, p := range chunk {
			v.Lines = append(v.Lines, p[0])
			k := combinationKey{account: p[1].Account, dims: p[1].Dims}
			if _, ok := targets[k]; !ok {
				order = append(order, k)
			}
			targets[k] += p[1].Debit - p[1].Credit
		}
		for _, k := range order {
			if fen := targets[k]; fen != 0 {
				v.Lines = append(v.Lines, signed(Line{Account: k.account, Dims: k.dims, Summary: "年终结转"}, fen))
			}
		}
		out = append(out, v)
	}
	return out
}
