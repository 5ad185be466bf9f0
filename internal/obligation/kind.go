package obligation

import (
	"xiangzhang/internal/identity"
	"xiangzhang/internal/rule"
)

// Kind is a kind of obligation: who answers for it, and the rule that gives its days.
type Kind struct {
	Name  string
	Title string
	Roles []identity.Role // who answers for it, over the unit
	Days  rule.Definition // days after the event; the day of the event does not count
	Work  bool            // working days; else calendar days
}

// Event is something on a day that obliges a unit.
type Event struct {
	Name  string
	Title string
	Kinds []string
}

// Rolls says whether a period whose last day is a day of rest ends on the next working day. The Budget Law does not say;
// the Civil Code (art. 203) does for its own periods, and a county that reads its deadlines more strictly sets 0.
var Rolls = rule.Definition{
	Code: "deadline-rolls", Title: "期限最后一日逢休假日顺延至次一工作日(1 顺延,0 不顺延)", Kind: rule.Count, Max: 1, Initial: "1", Source: "民法典第二百零三条",
}

// The rules of the budget year. Those with the number of a law were read there; the others are the program's own defaults,
// where the law says "in time" and leaves the days to the county.
var (
	replyDays       = days("budget-reply-days", "预算经批准后批复各部门(日)", "20", "预算法第五十二条")
	unitReplyDays   = days("unit-reply-days", "部门接到批复后批复所属单位(日)", "15", "预算法第五十二条")
	filingDays      = days("budget-filing-days", "预算经批准后报上一级政府备案(日)", "30", "")
	publicationDays = days("publication-days", "预算、决算经批准或批复后公开(日)", "20", "预算法第十四条")
	finalDraftDays  = days("final-draft-days", "年度终了后编报决算(日)", "90", "")
	finalReplyDays  = days("final-reply-days", "决算经批准后批复各部门(日)", "20", "预算法第八十条")
	finalFilingDays = days("final-filing-days", "决算经批准后报上一级政府备案(日)", "30", "预算法实施条例第八十八条")
)

func days(code, title, initial, source string) rule.Definition {
	return rule.Definition{Code: code, Title: title, Kind: rule.Days, Max: 366, Initial: initial, Source: source}
}

// Rules gives the rules that this package reads.
func Rules() []rule.Definition {
	return []rule.Definition{Rolls, replyDays, unitReplyDays, filingDays, publicationDays, finalDraftDays, finalReplyDays, finalFilingDays}
}

var (
	finance = []identity.Role{identity.OfficeHead, identity.CountyBudget}
	heads   = []identity.Role{identity.UnitHead, identity.OfficeHead, identity.CountyBudget}
)

// kinds are all kinds of obligations (预算法 art. 14, 50, 52, 75, 80; 实施条例 art. 88).
var kinds = []Kind{
	{Name: "budget-reply", Title: "向各部门批复预算", Roles: finance, Days: replyDays},
	{Name: "budget-filing", Title: "预算报上一级政府备案", Roles: finance, Days: filingDays},
	{Name: "budget-publication", Title: "公开政府预算", Roles: finance, Days: publicationDays},
	{Name: "unit-reply", Title: "向所属单位批复预算", Roles: heads, Days: unitReplyDays},
	{Name: "department-publication", Title: "公开部门预算", Roles: heads, Days: publicationDays},
	{Name: "final-draft", Title: "编报决算", Roles: heads, Days: finalDraftDays},
	{Name: "final-reply", Title: "向各部门批复决算", Roles: finance, Days: finalReplyDays},
	{Name: "final-filing", Title: "决算报上一级政府备案", Roles: finance, Days: finalFilingDays},
	{Name: "final-publication", Title: "公开政府决算", Roles: finance, Days: publicationDays},
	{Name: "department-final-publication", Title: "公开部门决算", Roles: heads, Days: publicationDays},
}

var events = []Event{
	{"budget-approved", "预算经人民代表大会批准", []string{"budget-reply", "budget-filing", "budget-publication"}},
	{"budget-replied", "收到财政部门批复的预算", []string{"unit-reply", "department-publication"}},
	{"year-ended", "年度终了", []string{"final-draft"}},
	{"final-approved", "决算经人民代表大会批准", []string{"final-reply", "final-filing", "final-publication"}},
	{"final-replied", "收到财政部门批复的决算", []string{"department-final-publication"}},
}

// Kinds lists the kinds of obligations.
func Kinds() []Kind { return kinds }

// Events lists the events that a person registers.
func Events() []Event { return events }

// Find gives a kind by its name.
func Find(name string) (Kind, bool) {
	for _, k := range kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// findEvent gives an event by its name.
func findEvent(name string) (Event, bool) {
	for _, e := range events {
		if e.Name == name {
			return e, true
		}
	}
	return Event{}, false
}
