// Package batch takes the same step on many vouchers or in many books.
//
// A batch is a list of items that a person has seen and asked for. Walk takes the step of each in that person's name,
// one item per step of the writer, so that nobody else waits for a batch: an item is marked done in the very
// transaction of its step, and what the domain refuses is kept with its sentence and stops nothing. Rights, separation
// of duties, versions and trail leaves are those of the single step. A walk may end anywhere (time, a lost line, a
// program that stops): the items that still wait are walked on with when the person comes back (docs/decisions/0010).
package batch

import (
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
)

// Kind is the step that a batch takes.
type Kind string

// The kinds of batches.
const (
	Enter       Kind = "enter"        // the same voucher into many books, as drafts
	EnterSubmit Kind = "enter-submit" // and handed to the checker
	Check       Kind = "check"
	Return      Kind = "return"
	Post        Kind = "post"
	CarryOver   Kind = "carry-over" // closing vouchers of a year
	CloseMonth  Kind = "close"
	CloseYear   Kind = "year-close"
)

var kindTitles = map[Kind]string{
	Enter: "批量录入(草稿)", EnterSubmit: "批量录入并提交", Check: "批量审核", Return: "批量退回", Post: "批量记账", CarryOver: "批量生成结转凭证",
	CloseMonth: "批量月末结账", CloseYear: "批量结转下年",
}

// Title is the kind as pages name it.
func (k Kind) Title() string { return kindTitles[k] }

// OfVouchers tells kinds whose items are vouchers that exist from those that work on whole books.
func (k Kind) OfVouchers() bool { return k == Check || k == Return || k == Post }

// Enters tells whether the kind's items are vouchers to be made.
func (k Kind) Enters() bool { return k == Enter || k == EnterSubmit }

// Roles are those that take the kind's step.
func (k Kind) Roles() []identity.Role {
	switch k {
	case Check, Return, Post:
		return ledger.VoucherKind.Step(string(k)).Roles
	case CarryOver, Enter, EnterSubmit:
		return ledger.VoucherKind.Step("enter").Roles
	default:
		return ledger.CloseKind.Step("close").Roles
	}
}

// State is how far an item has come.
type State string

// The states of an item.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Refused State = "refused"
)

// Item is one voucher or book of a batch.
type Item struct {
	Number   int64 // from 1
	Book     int64
	Document string // the voucher; otherwise the id that the step gives what it makes
	Version  int64  // of the voucher, as the person saw it
	Period   calendar.Period
	Draft    *Draft // to be entered
	State    State
	Refusal  *fault.Error // why it was refused
	At       string       // instant of the last try

	// Read only, filled by Get.
	BookCode string
	BookName string
	Ref      string // business number of the document, once there is one
}

// Draft is a voucher to be entered.
type Draft struct {
	Date        string             `json:"date"`
	Word        string             `json:"word"`
	Attachments int64              `json:"attachments,omitempty"`
	Note        string             `json:"note,omitempty"`
	Lines       []ledger.DraftLine `json:"lines"`
}

// Batch is what a person asked for.
type Batch struct {
	ID      string // UUIDv7 that the form carries
	Kind    Kind
	Reason  string
	Items   []Item
	Person  int64
	Unit    int64
	Path    string // of the unit
	Created string // instant
}

// Count gives how many items stand in a state.
func (b Batch) Count(s State) (n int) {
	for _, it := range b.Items {
		if it.State == s {
			n++
		}
	}
	return n
}

// itemsMost is how many items one batch takes: a page of them is still read before it is sent.
const itemsMost = 500

// check refuses a batch that says nothing, or too much.
func (b *Batch) check() error {
	if kindTitles[b.Kind] == "" {
		return fault.Newf(fault.Invalid, "batch-kind", "请从页面上的按钮办理", "没有名为「%s」的批量办理", b.Kind)
	}
	if _, err := document.ParseID(b.ID); err != nil {
		return err
	}
	switch n := len(b.Items); {
	case n == 0:
		return fault.New(fault.Invalid, "batch-empty", "没有勾选要办理的内容", "请至少勾选一项")
	case n > itemsMost:
		return fault.Newf(fault.Invalid, "batch-too-long", "请分几批办理", "一批最多 %d 项,现有 %d 项", itemsMost, n)
	}
	if b.Kind == Return && b.Reason == "" {
		return fault.New(fault.Invalid, "reason-missing", "退回须写明原因", "请写明原因后再提交").In("reason")
	}
	for i := range b.Items {
		it := &b.Items[i]
		it.Number, it.State = int64(i+1), Waiting
		if !b.Kind.OfVouchers() && it.Document == "" {
			it.Document = document.NewID()
		}
	}
	if slices.ContainsFunc(b.Items, func(it Item) bool { return b.Kind.Enters() && it.Draft == nil }) {
		panic("batch: a voucher to be entered has no draft")
	}
	return nil
}
