package web

import (
	"strings"
	"time"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// waitingCounts are the vouchers that wait for a person.
type waitingCounts struct{ returned, drafts, check, post int64 }

// rows is how many lines of the list of things to do they are: one for each that came back and for each of the first
// drafts, one for all that wait to be checked, one for all to be posted.
func (w waitingCounts) rows() int64 {
	return w.returned + min(w.drafts, draftsMost+1) + min(w.check, 1) + min(w.post, 1)
}

var (
	voucherMakers   = ledger.VoucherKind.Step("enter").Roles
	voucherCheckers = ledger.VoucherKind.Step("check").Roles
	voucherPosters  = ledger.VoucherKind.Step("post").Roles
	monthClosers    = ledger.CloseKind.Step("close").Roles
)

// counts counts the waiting vouchers: of each unit once, whatever the person may do there.
func (c *call) counts(tx *store.Tx) (waitingCounts, error) {
	var w waitingCounts
	type waits struct{ all, own map[document.State]int64 }
	known := map[string]waits{}
	for _, list := range []struct {
		roles []identity.Role
		add   func(n waits)
	}{
		{voucherCheckers, func(n waits) { w.check += n.all[ledger.Submitted] - n.own[ledger.Submitted] }},
		{voucherPosters, func(n waits) { w.post += n.all[ledger.Checked] }},
		{voucherMakers, func(n waits) { w.returned, w.drafts = w.returned+n.own[ledger.Returned], w.drafts+n.own[ledger.Draft] }},
	} {
		for _, path := range c.paths(list.roles...) {
			n, ok := known[path]
			if !ok {
				var err error
				if n.all, n.own, err = ledger.CountWaiting(tx, c.actor.County, path, c.actor.Person); err != nil {
					return w, err
				}
				known[path] = n
			}
			list.add(n)
		}
	}
	return w, nil
}

// besideVouchers is how many lines of a person's list of things to do are about something else than his waiting vouchers.
// Those are counted for every page; the rest takes as long as the list itself, and is remembered.
type besideVouchers struct {
	lines int64
	at    time.Time // zero: something that the person did may have changed it
}

// besideFor is for how long the rest is taken to stay as it is while the person himself does nothing about it.
const besideFor = 5 * time.Minute

// todoBadge is the number at 待办: that of the lines on the list, as the list itself shows it where it is being shown.
func (c *call) todoBadge(tx *store.Tx, w waitingCounts) (int64, error) {
	key := c.actor.Login
	kept, seen := c.server.beside.Load(key)
	if c.listed == nil && !seen {
		return w.rows(), nil // the list comes first after a sign-in
	}
	if c.listed == nil {
		if b := kept.(besideVouchers); tx.Now.Sub(b.at) < besideFor {
			return max(b.lines+w.rows(), 0), nil
		}
		d, err := c.desk(tx)
		if err != nil {
			return 0, err
		}
		all, err := d.todos()
		if err != nil {
			return 0, err
		}
		c.listed = all
	}
	lines := int64(len(c.listed))
	c.server.beside.Store(key, besideVouchers{lines - w.rows(), tx.Now})
	return lines, nil
}

// forget has the rest of the list counted again after the person has done something else than a step on a voucher.
func (c *call) forget() {
	if !c.in || strings.HasPrefix(c.r.URL.Path, "/vouchers/") || strings.HasSuffix(c.r.URL.Path, "/vouchers") {
		return
	}
	if kept, seen := c.server.beside.Load(c.actor.Login); seen {
		c.server.beside.Store(c.actor.Login, besideVouchers{lines: kept.(besideVouchers).lines})
	}
}
