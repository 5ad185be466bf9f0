package web

import (
	"fmt"

	"xiangzhang/internal/document"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/unitchange"
)

// signatures are the handovers that miss the person's signature.
func (d *desk) signatures() ([]todo, error) {
	all, err := handover.WaitingFor(d.tx, d.actor)
	if err != nil {
		return nil, err
	}
	var out []todo
	for _, h := range all {
		out = append(out, todo{
			Due: d.since(h.StartedAt), Kind: "交接", What: d.names[h.Leaver] + "移交给" + d.names[h.Successor],
			Detail: h.StateTitle() + ",由您签字", Path: "/handovers/" + h.Document, Button: "去签字",
		})
	}
	return out, nil
}

// waivers are the waivers of duties that another officer of the county proposed and that this one may grant.
func (d *desk) waivers() ([]todo, error) {
	root, err := org.Root(d.tx, d.actor.County)
	if err != nil || !d.actor.Has(root.Path, document.WaiverOfficers...) {
		return nil, err
	}
	all, err := document.Waivers(d.tx, d.actor)
	if err != nil {
		return nil, err
	}
	var out []todo
	for _, w := range all {
		if w.State == document.WaiverProposed && w.ProposedBy != d.actor.Person {
			out = append(out, todo{
				Due: w.From, Kind: "豁免", What: w.UnitName + " " + w.A.Title() + "与" + w.B.Title(), Detail: d.names[w.ProposedBy] + "提出岗位豁免,待另一人批准",
				Path: "/waivers", Button: "去批准",
			})
		}
	}
	return out, nil
}

// handings are the books that a change of units has ended and that still hold balances.
func (d *desk) handings() ([]todo, error) {
	var out []todo
	for _, b := range d.books {
		if b.EndedOn == "" || b.Ended() || !d.actor.Has(b.Path, voucherMakers...) {
			continue
		}
		total, lines, err := ledger.Standing(d.tx, b)
		if err != nil {
			return nil, err
		}
		next := todo{
			Due: b.EndedOn.Period().Last(), Kind: "移交", What: b.Name + "已停用", Detail: "余额已移交,请结清 " + b.OldestOpen().Chinese(),
			Path: bookPath(b) + "/close", Button: "去结账",
		}
		if lines > 0 {
			next.Detail, next.Button = fmt.Sprintf("%d 个科目的余额待移交,借贷各 %s 元", lines, total), "去移交"
			changes, err := unitchange.Of(d.tx, b.County, b.Unit)
			if err != nil {
				return nil, err
			}
			for _, ch := range changes {
				if ch.On == b.EndedOn {
					next.Path = changePath(b.Unit, ch.ID)
				}
			}
		}
		out = append(out, next)
	}
	return out, nil
}
