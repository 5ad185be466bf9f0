package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

const (
	treasurySize = 1_000_000 // moves
	lineProjects = 3         // per pair of classes: 360 lines in all
	moveStep     = 1000
	askedTimes   = 2000
	lineGiven    = 5_000_000_000_00 // fen
)

// Treasury measures appropriations: how fast payments move them, and what asking for the available amount costs once
// there are a million moves, half of them on one line.
func Treasury(ctx context.Context, o Options) error {
	n := o.Size
	if n == 0 {
		n = treasurySize
	}
	db, _, err := o.open(ctx, "treasury", 64)
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := newCounty(ctx, db)
	if err != nil {
		return err
	}
	t := &treasury{county: c}
	if err := t.give(ctx); err != nil {
		return err
	}
	rate, err := t.hold(ctx, n)
	if err != nil {
		return err
	}
	config := map[string]any{"lines": len(t.lines), "busiest_line": n / 2, "per_step": moveStep}
	o.Print(Result{Bench: "treasury", Case: "moves", N: n, Rate: rate, PeakRSS: peakRSS(), Engine: string(db.Engine()), Config: config})
	took, err := t.ask(ctx)
	if err != nil {
		return err
	}
	p50, p99 := percentiles(took)
	o.Print(Result{Bench: "treasury", Case: "available", N: n, P50: p50, P99: p99, PeakRSS: peakRSS(), Engine: string(db.Engine()), Config: config})
	return Matching(ctx, o)
}

// treasury is a county with appropriations.
type treasury struct {
	*county
	payer identity.Actor
	lines []appropriation.Line
}

// give makes the lines by one order that two people put through.
func (t *treasury) give(ctx context.Context) error {
	return t.db.Write(ctx, func(tx *store.Tx) error {
		t.lines = t.lines[:0]
		root, err := org.Root(tx, t.id)
		if err != nil {
			return err
		}
		actor := func(person int64, role identity.Role) identity.Actor {
			return identity.Actor{County: t.id, Login: person, Person: person, Grants: []identity.Grant{{Role: role, Unit: root.ID, Path: root.Path}}}
		}
		maker, checker := actor(5, identity.CountyBudget), actor(6, identity.CountyBudget)
		t.payer = actor(7, identity.CountyTreasury)
		order := appropriation.Order{
			ID: document.NewID(), Kind: appropriation.OrderInitial, Year: 2026, Date: "2026-02-10", Source: "测财〔2026〕1号", Session: "测人〔2026〕1号",
		}
		for _, d := range t.dimensions {
			for i := range lineProjects {
				l, err := appropriation.Intern(tx, maker, appropriation.NewLine{Key: appropriation.Key{
					Year: 2026, Unit: root.ID, Fund: "1", Function: d.Function, Economic: d.Economic, GovEconomic: "50299", Project: fmt.Sprintf("项目%d", i+1),
				}})
				if err != nil {
					return err
				}
				t.lines = append(t.lines, l)
				order.Items = append(order.Items, appropriation.Item{Move: appropriation.Initial, Line: l.ID, Amount: lineGiven, From: appropriation.SourceOwn})
			}
		}
		if _, err := appropriation.Draft(tx, maker, order, 0); err != nil {
			return err
		}
		if _, err := appropriation.Check(tx, checker, order.ID, 1); err != nil {
			return err
		}
		_, err = appropriation.Issue(tx, maker, order.ID, 2)
		return err
	})
}

// hold makes n moves, half of them on the first line, and gives their rate.
func (t *treasury) hold(ctx context.Context, n int) (float64, error) {
	began := time.Now()
	for done := 0; done < n; done += moveStep {
		err := t.db.Write(ctx, func(tx *store.Tx) error {
			r := rand.New(rand.NewPCG(1, uint64(done)))
			for i := range min(moveStep, n-done) {
				line := t.lines[0]
				if i%2 == 1 {
					line = t.lines[r.IntN(len(t.lines))]
				}
				err := appropriation.Hold(tx, t.payer, appropriation.Use{
					Line: line.ID, Amount: money.Fen(100 + r.IntN(100_000)), Document: document.NewID(), Number: "付-0001",
					On: calendar.PeriodOf(2026, 1+r.IntN(12)).First(),
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// ask asks for what is available on lines, each in a snapshot of its own; every other time on the busiest.
func (t *treasury) ask(ctx context.Context) ([]time.Duration, error) {
	r := rand.New(rand.NewPCG(2, 2))
	var took []time.Duration
	for i := range askedTimes {
		k := t.lines[0].Key
		if i%2 == 1 {
			k = t.lines[r.IntN(len(t.lines))].Key
		}
		began := time.Now()
		err := t.db.Read(ctx, func(tx *store.Tx) error {
			left, err := appropriation.Available(tx, t.id, k)
			if err == nil && left <= 0 {
				err = fmt.Errorf("bench: a line has %s left", left)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(began))
	}
	return took, nil
}
