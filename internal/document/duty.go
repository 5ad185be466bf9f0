package document

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Duty is what a person does on a document, as far as two duties may exclude each other.
type Duty string

// The duties (不相容岗位).
const (
	DutyInitiate  Duty = "I" // 经办
	DutyApprove   Duty = "A" // 审批
	DutyReview    Duty = "V" // 审核
	DutyMake      Duty = "M" // 制单
	DutyCheck     Duty = "C" // 凭证审核(稽核)
	DutyPost      Duty = "B" // 记账
	DutyPay       Duty = "P" // 出纳
	DutyReconcile Duty = "R" // 对账
	DutyArchive   Duty = "K" // 档案保管
	DutyReceipts  Duty = "T" // 票据管理
	DutyCustody   Duty = "S" // 财产保管
	DutySupervise Duty = "O" // 监督
	DutyImport    Duty = "F" // 导入文件: beside the people whom the file names
)

var dutyTitles = map[Duty]string{
	DutyInitiate: "经办", DutyApprove: "审批", DutyReview: "审核", DutyMake: "制单", DutyCheck: "凭证审核", DutyPost: "记账", DutyPay: "出纳",
	DutyReconcile: "对账", DutyArchive: "档案保管", DutyReceipts: "票据管理", DutyCustody: "财产保管", DutySupervise: "监督", DutyImport: "导入文件",
}

// dutyDone says in sentences what one does who holds the duty.
var dutyDone = map[Duty]string{
	DutyCheck: "审核", DutyPay: "办理出纳", DutyArchive: "保管档案", DutyReceipts: "管理票据", DutyCustody: "保管财产",
}

// done completes 由您….
func (d Duty) done() string {
	if verb := dutyDone[d]; verb != "" {
		return verb
	}
	return d.Title() // most names are verbs themselves
}

// Title is the duty's name in lists and headings.
func (d Duty) Title() string { return dutyTitles[d] }

// Pair is two duties that one person may not hold on one document or its chain.
type Pair struct {
	A, B   Duty
	Law    bool   // set by law or, as maker and checker, by the county's own design: never waivable
	Source string // the rule, as refusals name it
}

const (
	accountingLaw25 = "《会计法》第二十五条"
	accountingLaw35 = "《会计法》第三十五条"
	internalControl = "不相容岗位相分离"
)

// pairs are the incompatible duties of the handbook. Order within a pair does not matter.
var pairs = []Pair{
	{DutyPost, DutyApprove, true, accountingLaw25},
	{DutyPost, DutyInitiate, true, accountingLaw25},
	{DutyPost, DutyCustody, true, accountingLaw25},
	{DutyPay, DutyCheck, true, accountingLaw35},
	{DutyPay, DutyArchive, true, accountingLaw35},
	{DutyPay, DutyPost, true, accountingLaw35},
	{DutyMake, DutyCheck, true, "制单与审核相分离"},
	{DutyInitiate, DutyApprove, false, internalControl},
	{DutyInitiate, DutyReview, false, internalControl},
	{DutyApprove, DutyMake, false, internalControl},
	{DutyApprove, DutyPay, false, internalControl},
	{DutyReview, DutyPay, false, internalControl},
	{DutyPay, DutyReconcile, false, internalControl},
	{DutyReceipts, DutyMake, false, internalControl},
	{DutySupervise, DutyInitiate, false, internalControl},
	{DutySupervise, DutyApprove, false, internalControl},
	{DutySupervise, DutyReview, false, internalControl},
	{DutySupervise, DutyMake, false, internalControl},
	{DutySupervise, DutyCheck, false, internalControl},
	{DutySupervise, DutyPost, false, internalControl},
	{DutySupervise, DutyPay, false, internalControl},
	{DutySupervise, DutyReconcile, false, internalControl},
	{DutySupervise, DutyArchive, false, internalControl},
	{DutySupervise, DutyReceipts, false, internalControl},
	{DutySupervise, DutyCustody, false, internalControl},
}

// Pairs gives the incompatible duties, for pages that explain them.
func Pairs() []Pair { return slices.Clone(pairs) }

// Incompatible finds the pair of two duties.
func Incompatible(a, b Duty) (Pair, bool) {
	for _, p := range pairs {
		if p.A == a && p.B == b || p.A == b && p.B == a {
			return p, true
		}
	}
	return Pair{}, false
}

// Part is one person's duty on a document.
type Part struct {
	Duty   Duty
	Person int64
	For    int64 // the person under whose role it was done (代理); 0: his own
}

// by reports whether the duty is a person's: done by himself, or under his role.
func (p Part) by(person int64) bool { return person != 0 && (p.Person == person || p.For == person) }

// Involved reports whether a person has a part in a document, by himself or through a delegate.
func Involved(parts []Part, person int64) bool {
	return slices.ContainsFunc(parts, func(p Part) bool { return p.by(person) })
}

func encodeParts(parts []Part) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = fmt.Sprintf("%s:%d", p.Duty, p.Person)
		if p.For != 0 {
			texts[i] += fmt.Sprintf("/%d", p.For)
		}
	}
	return strings.Join(texts, ",")
}

func decodeParts(s string) ([]Part, error) {
	if s == "" {
		return nil, nil
	}
	var parts []Part
	for text := range strings.SplitSeq(s, ",") {
		duty, person, found := strings.Cut(text, ":")
		person, principal, acting := strings.Cut(person, "/")
		p := Part{Duty: Duty(duty)}
		var err error
		if p.Person, err = strconv.ParseInt(person, 10, 64); err == nil && acting {
			p.For, err = strconv.ParseInt(principal, 10, 64)
		}
		if !found || err != nil {
			return nil, fmt.Errorf("document: duties %q", s)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// clash finds the pairs that person would break by taking on duty beside the parts already taken.
func clash(parts []Part, person int64, duty Duty) []Pair {
	var found []Pair
	for _, p := range parts {
		if !p.by(person) {
			continue
		}
		if pair, ok := Incompatible(p.Duty, duty); ok {
			found = append(found, pair)
		}
	}
	return found
}

// separate refuses a person whose earlier duty on the chain excludes this one, unless the county has waived the pair;
// uses are the waivers on which the step then rests.
func separate(tx *store.Tx, act Act, parts []Part, person int64, duty Duty) (uses []waived, err error) {
	other, pair, uses, err := barred(tx, act, parts, person, duty)
	if err != nil || other == "" {
		return uses, err
	}
	return nil, clashed(other, duty.done(), pair.Source)
}

// barred gives the duty that a person took on before and that excludes this one, where no waiver allows both.
func barred(tx *store.Tx, act Act, parts []Part, person int64, duty Duty) (barring Duty, by Pair, uses []waived, err error) {
	for _, pair := range clash(parts, person, duty) {
		other := pair.A
		if other == duty {
			other = pair.B
		}
		if !pair.Law {
			waiver, err := waiverOf(tx, act, pair)
			if err != nil {
				return "", pair, nil, err
			}
			if waiver != "" {
				uses = append(uses, waived{waiver, person})
				continue
			}
		}
		return other, pair, nil, nil
	}
	return "", Pair{}, uses, nil
}

// clashedFor is clashed for a delegate whom the exclusions of the one he acts for bind.
func clashedFor(taken Duty, wanted, source, name string) error {
	return fault.Newf(fault.Refused, "duty-clash-delegated", "请由另一人"+wanted+";代理人承接被代理人的回避",
		"您代%s办理,本单据由%s%s,按%s的规定,不能再由您%s", name, name, taken.done(), source, wanted)
}

// clashed says what the person did before, by which rule that excludes what he wants to do, and who may do it.
func clashed(taken Duty, wanted, source string) error {
	return fault.Newf(fault.Refused, "duty-clash", "请由另一人"+wanted,
		"本单据由您%s,按%s的规定,不能再由您%s", taken.done(), source, wanted)
}

// waiverOf gives the document of the waiver of a pair that holds today for the unit of a step; empty: there is none.
func waiverOf(tx *store.Tx, act Act, pair Pair) (string, error) {
	var id string
	err := tx.QueryRow(`select w.document_id from duty_waiver w
		join unit u on u.county_id = w.county_id and u.unit_id = w.unit_id
		where w.county_id = $1 and w.duty_a = $2 and w.duty_b = $3 and w.granted_by <> 0 and w.ended_on = ''
		and w.valid_from <= $4 and w.valid_to >= $4 and substr($5, 1, length(u.path)) = u.path order by w.granted_at, w.document_id limit 1`,
		act.By.County, string(pair.A), string(pair.B), string(act.Today), act.Path).Scan(&id)
	if err != nil && !errors.Is(err, store.ErrNoRows) {
		return "", fmt.Errorf("document: waiver: %w", err)
	}
	return id, nil
}
