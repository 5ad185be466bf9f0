package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/setup"
	"xiangzhang/internal/store"
)

// nextStep says on every page of a new county what comes next and who does it, until the first voucher is posted.
type nextStep struct {
	Number, Of int
	What       string
	Who        string
	Path       string // empty where this person cannot do it
}

// nextSteps are the words of each stage.
var nextSteps = map[setup.Stage]struct{ what, path string }{
	setup.People:   {"登记人员(可用导入表批量登记,角色一列留空)", "/people"},
	setup.Roles:    {"给人员授予角色:至少一名会计、一名审核", "/people"},
	setup.Books:    {"建账套(可用导入表批量登记)", "/exchange?kind=books"},
	setup.Openings: {"录入或导入期初余额并核对", "/books"},
	setup.Vouchers: {"录入第一张凭证,由另一人审核后记账", "/books"},
}

// next gives the step that the county stands before; nil once it runs, which is remembered.
func (c *call) next(tx *store.Tx) (*nextStep, error) {
	if _, runs := c.server.running.Load(c.actor.County); runs {
		return nil, nil
	}
	stage, err := setup.StageOf(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	if stage == setup.Running {
		c.server.running.Store(c.actor.County, true)
		return nil, nil
	}
	words := nextSteps[stage]
	n := &nextStep{Number: slices.Index(setup.Stages(), stage) + 1, Of: len(setup.Stages()), What: words.what, Who: whoOf(stage)}
	if len(c.paths(stage.Who()...)) > 0 {
		n.Path = words.path
	}
	if stage == setup.Openings {
		err = c.nextOpening(tx, n)
	}
	return n, err
}

// nextOpening says how many books still lack the balances that they start with: of those in which the person may enter
// them, with the way to the first; else of the county.
func (c *call) nextOpening(tx *store.Tx, n *nextStep) error {
	books, err := ledger.WithoutOpening(tx, c.actor.County)
	if err != nil {
		return err
	}
	var own []ledger.Book
	for _, b := range books {
		if c.actor.Has(b.Path, ledger.OpeningKind.Step("enter").Roles...) {
			own = append(own, b)
		}
	}
	whose := "全县还有"
	if n.Path = ""; len(own) > 0 {
		n.Path, books, whose = bookPath(own[0])+"/opening", own, "还有"
	}
	n.What += fmt.Sprintf("(%s %d 套账没有;确实没有的,直接录入凭证)", whose, len(books))
	return nil
}

// whoOf names the roles that take a stage.
func whoOf(stage setup.Stage) string {
	var titles []string
	for _, r := range stage.Who() {
		titles = append(titles, r.Title())
	}
	return strings.Join(titles, "、")
}
