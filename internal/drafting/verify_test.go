package drafting_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/drafting"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestVerify_SeesWhatWasAltered: an approved draft, then one row changed behind the program's back.
func TestVerify_SeesWhatWasAltered(t *testing.T) {
	balanced := strings.Replace(townItems, "420000", "440000", 1)
	for want, statement := range map[string]string{
		"":                  `update book set name = name`,
		"的内容与存证不符":          `update budget_draft_line set amount = amount + 1 where stage_no = 3 and line_no = 1`,
		"第 4 版缺失或与存证不符":     `update budget_draft_stage set person_id = 1 where stage_no = 4`,
		"第 3 版(下达控制数(一下))":  `update budget_draft_control set amount = amount + 1 where stage_no = 3`,
		"的编报内容与存证不符":        `update budget_draft_line set note = '甲' where stage_no = 0 and line_no = 1`,
		"的收入预测与存证不符":        `update budget_draft_item set amount = amount + 1 where stage_no = 0 and item_no = 1`,
		"的人大决议与存证不符":        `update budget_draft set session_no = '另一号'`,
		"的启动信息与存证不符":        `update budget_draft set base_day = '2025-01-01'`,
		"的启动人、时间与存证不符":      `update budget_draft set maker_id = 1`,
		"指标单下达":             `delete from appropriation_move where line_id = 1`,
		"应有 3 项办理时限,实有 2 项": `delete from obligation where kind = 'budget-filing'`,
		"不存在":               `delete from document where kind = 'budget-import'`,
		"没有下达":              `update document set state = 'draft' where kind = 'appropriation'`,
		"定额标准「公务用车运行」":      `update budget_standard set amount = 1 where economic = '30231'`,
		"有 1 个版本没有存证":       `insert into budget_draft_stage select county_id, document_id, 9, step, version, person_id, at from budget_draft_stage where stage_no = 6`,
	} {
		o := newTown(t, storetest.One(t), "2026-01-25")
		o.begin(2026, "2025-09-30")
		o.upTo(drafting.Up1)
		o.do(o.back(o.head, "补充收入"))
		o.do(o.income(o.accountant, balanced))
		o.do(o.step(drafting.Propose, o.accountant))
		o.approve()
		o.do(func(tx *store.Tx) error {
			_, err := tx.Exec(statement)
			return err
		})
		found := strings.Join(o.flaws(), "; ")
		if want == "" && found != "" || !strings.Contains(found, want) {
			t.Errorf("%s: found %q", statement, found)
		}
	}
}

// approve carries a draft from the first round to its approval.
func (o *town) approve() {
	o.t.Helper()
	o.do(o.controls(o.budget, drafting.Control{Unit: o.unit.ID, Fund: "1", Amount: 720_000_00}, drafting.Control{Unit: o.unit.ID, Fund: "2", Amount: 120_000_00},
		drafting.Control{Unit: o.station.ID, Fund: "1", Amount: 130_000_00}))
	for _, s := range []func(tx *store.Tx) error{
		o.step(drafting.Submit, o.accountant), o.step(drafting.Review, o.mayor), o.step(drafting.Present, o.mayor),
		o.resolve(o.second, drafting.Session{Number: session, Name: "第六次会议", On: "2026-01-20"}), o.step(drafting.Confirm, o.head),
	} {
		o.do(s)
	}
}
