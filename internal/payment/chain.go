package payment

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// Stage is one signature of a chain.
type Stage struct {
	Place int // in this order; those of one place in any order
	Role  identity.Role
	Duty  document.Duty       // DutyApprove or DutyReview
	Basis appropriation.Basis // empty: payments of every kind
	Least money.Fen           // from this amount on
}

// Chain is what requests of a regime pass through from a day on.
type Chain struct {
	Regime     string // empty: regimes without a chain of their own
	From       calendar.Date
	DocumentNo string
	Stages     []Stage
}

// Keepers configure chains, paying accounts and who vouches for vouchers.
var Keepers = []identity.Role{identity.CountyTreasury}

// SetChain lets a chain hold from a day on. Nothing is overwritten; requests keep the chain that they began with.
func SetChain(tx *store.Tx, county int64, c Chain) error {
	c.DocumentNo = strings.TrimSpace(c.DocumentNo)
	if err := c.check(); err != nil {
		return err
	}
	var last string
	err := tx.QueryRow(`select coalesce(max(valid_from), '') from payment_stage where county_id = $1 and regime = $2`, county, c.Regime).Scan(&last)
	if err != nil {
		return fmt.Errorf("payment.SetChain: %w", err)
	}
	if string(c.From) <= last {
		return fault.Newf(fault.Refused, "chain-back-dated", "请把生效日期改到该日之后", "审批链已有自 %s 起的设定,新设定自 %s 起,不晚于它", last, c.From).In("from")
	}
	for _, s := range c.Stages {
		_, err := tx.Exec(`insert into payment_stage (county_id, regime, valid_from, place, role, duty, basis, least, document_no)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, county, c.Regime, string(c.From), s.Place, string(s.Role), string(s.Duty), string(s.Basis), int64(s.Least), c.DocumentNo)
		if store.IsUnique(err) {
			return fault.Newf(fault.Invalid, "chain-twice", "请删去重复的一行", "第 %d 环节的%s写了两次", s.Place, s.Role.Title()).In("role")
		}
		if err != nil {
			return fmt.Errorf("payment.SetChain: %w", err)
		}
	}
	return nil
}

func (c Chain) check() error {
	if c.DocumentNo == "" {
		return fault.New(fault.Invalid, "chain-document", "审批链没有依据文号", "请填写批准它的文件文号").In("document_no")
	}
	if _, err := calendar.ParseDate(string(c.From)); err != nil {
		return fault.As(err).In("from")
	}
	if c.Regime != "" && !slices.Contains(Regimes(), c.Regime) {
		return fault.Newf(fault.Invalid, "chain-regime", "请从三种管理体制中选择", "没有「%s」这种管理体制", c.Regime).In("regime")
	}
	always := false
	for _, s := range c.Stages {
		if s.Place < 1 || s.Place > 9 || !slices.Contains(Approvers, s.Role) || s.Duty != document.DutyApprove && s.Duty != document.DutyReview || s.Least < 0 {
			return fault.Newf(fault.Invalid, "chain-stage", "环节填 1 至 9,岗位从可审批的岗位中选,金额不小于零", "第 %d 环节的%s写得不对", s.Place, s.Role.Title()).In("role")
		}
		always = always || s.Least == 0 && s.Basis == ""
	}
	if !always {
		return fault.New(fault.Invalid, "chain-empty", "审批链没有对每笔支付都生效的环节", "请至少设一个不限种类、金额从零起的环节").In("role")
	}
	return nil
}

// BootstrapChain gives a new county a chain: the unit's head approves, the finance office reviews, the county's treasury
// section reviews.
func BootstrapChain(tx *store.Tx, county int64, from calendar.Date) error {
	return SetChain(tx, county, Chain{From: from, DocumentNo: "系统默认", Stages: []Stage{
		{Place: 1, Role: identity.UnitHead, Duty: document.DutyApprove}, {Place: 2, Role: identity.OfficeHead, Duty: document.DutyReview},
		{Place: 3, Role: identity.CountyTreasury, Duty: document.DutyReview},
	}})
}

// chainMark is a chain's place: which rows it is.
type chainMark struct {
	county int64
	regime string
	from   calendar.Date
}

// ChainFor gives the chain that holds for a regime on a day.
func ChainFor(tx *store.Tx, county int64, regime string, on calendar.Date) (Chain, error) {
	var c Chain
	err := tx.QueryRow(`select regime, valid_from from payment_stage where county_id = $1 and regime in ($2, '') and valid_from <= $3
		order by regime desc, valid_from desc limit 1`, county, regime, string(on)).Scan(&c.Regime, &c.From)
	if err == store.ErrNoRows {
		return c, fault.Newf(fault.Refused, "chain-missing", "请县国库股先设定支付审批链", "%s 没有生效的支付审批链", on)
	}
	if err != nil {
		return c, fmt.Errorf("payment.ChainFor: %w", err)
	}
	return chainAt(tx, county, c.Regime, c.From)
}

// chainAt gives a chain by its regime and first day. Chains never change, so each is read once.
func chainAt(tx *store.Tx, county int64, regime string, from calendar.Date) (Chain, error) {
	mark := chainMark{county, regime, from}
	if kept, ok := tx.DB().Memoed(mark); ok {
		return kept.(Chain), nil
	}
	c := Chain{Regime: regime, From: from}
	rows, err := tx.Query(`select place, role, duty, basis, least, document_no from payment_stage where county_id = $1 and regime = $2 and valid_from = $3
		order by place, role, basis`, county, regime, string(from))
	if err != nil {
		return c, fmt.Errorf("payment: chain: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s Stage
		if err := rows.Scan(&s.Place, &s.Role, &s.Duty, &s.Basis, &s.Least, &c.DocumentNo); err != nil {
			return c, fmt.Errorf("payment: chain: %w", err)
		}
		c.Stages = append(c.Stages, s)
	}
	if err := rows.Err(); err != nil {
		return c, err
	}
	if tx.ReadOnly() { // a reader sees committed rows only
		tx.DB().Memo(mark, func() any { return c })
	} else {
		tx.AfterCommit(func() { tx.DB().Memo(mark, func() any { return c }) })
	}
	return c, nil
}

// Chains gives every chain of a county, the newest of each regime first.
func Chains(tx *store.Tx, county int64) ([]Chain, error) {
	rows, err := tx.Query(`select distinct regime, valid_from from payment_stage where county_id = $1 order by regime, valid_from desc`, county)
	if err != nil {
		return nil, fmt.Errorf("payment.Chains: %w", err)
	}
	defer rows.Close()
	var marks []Chain
	for rows.Next() {
		var c Chain
		if err := rows.Scan(&c.Regime, &c.From); err != nil {
			return nil, fmt.Errorf("payment.Chains: %w", err)
		}
		marks = append(marks, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i, c := range marks {
		if marks[i], err = chainAt(tx, county, c.Regime, c.From); err != nil {
			return nil, err
		}
	}
	return marks, nil
}

// of gives the stages that a payment passes through, in their order.
func (c Chain) of(basis appropriation.Basis, amount money.Fen) []Stage {
	var all []Stage
	for _, s := range c.Stages {
		if amount >= s.Least && (s.Basis == "" || s.Basis == basis) {
			all = append(all, s)
		}
	}
	return all
}

// Signature is that a person has signed a stage.
type Signature struct {
	Person int64
	Place  int
	Role   identity.Role
	Amount money.Fen
	At     string
}

func signatures(tx *store.Tx, county int64, id string, round int64) ([]Signature, error) {
	rows, err := tx.Query(`select person_id, place, role, amount, at from payment_signature where county_id = $1 and document_id = $2 and round = $3
		order by place, at, person_id`, county, id, round)
	if err != nil {
		return nil, fmt.Errorf("payment %s: signatures: %w", id, err)
	}
	defer rows.Close()
	var all []Signature
	for rows.Next() {
		var s Signature
		if err := rows.Scan(&s.Person, &s.Place, &s.Role, &s.Amount, &s.At); err != nil {
			return nil, fmt.Errorf("payment %s: signatures: %w", id, err)
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

// open gives the stages of the lowest place that still lacks a signature, and whether one more signature ends the chain.
func open(stages []Stage, signed []Signature) (now []Stage, last bool) {
	left := slices.DeleteFunc(slices.Clone(stages), func(s Stage) bool {
		return slices.ContainsFunc(signed, func(x Signature) bool { return x.Place == s.Place && x.Role == s.Role })
	})
	for _, s := range left {
		if s.Place == left[0].Place {
			now = append(now, s)
		}
	}
	return now, len(left) == 1
}

// Way is a payment's chain with who has signed: for its page.
type Way struct {
	Stage
	Signed Signature // Person 0: not yet
}

// WayOf gives the stages of a payment with their signatures.
func WayOf(tx *store.Tx, county int64, r Request, basis appropriation.Basis) ([]Way, error) {
	c, err := chainAt(tx, county, r.ChainOf, r.ChainFrom)
	if err != nil {
		return nil, err
	}
	signed, err := signatures(tx, county, r.ID, r.Round)
	if err != nil {
		return nil, err
	}
	var all []Way
	for _, s := range c.of(basis, r.Amount) {
		w := Way{Stage: s}
		for _, x := range signed {
			if x.Place == s.Place && x.Role == s.Role {
				w.Signed = x
			}
		}
		all = append(all, w)
	}
	return all, nil
}
