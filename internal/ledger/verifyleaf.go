package ledger

import (
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/trail"
)

// checkLeaf compares a voucher with the leaf of its posting: the rows, the number and the instant.
func (c *bookCheck) checkLeaf(v *checkedVoucher) {
	if v.leaf == "" {
		c.v.violate("leaf", c.where(v.Number), "没有存证")
		return
	}
	c.v.Checked["leaves"]++
	if trail.Digest(v.rows()) != trail.RowsOf(v.leaf) {
		c.v.violate("leaf", c.where(v.Number), "凭证与存证的摘要不符")
	}
	if !trail.Says(v.leaf, "ref", Ref(v.Book, v.Number)) || !trail.Says(v.leaf, "document", v.Document) {
		c.v.violate("leaf", c.where(v.Number), "存证属于另一张凭证")
	}
	if !trail.Says(v.leaf, "at", v.PostedAt) {
		c.v.violate("leaf", c.where(v.Number), "记账时间 %s 与存证不符", v.PostedAt)
	}
	if v.made != byHand && !c.sealedLeaf(v) {
		c.v.violate("leaf", c.where(v.Number), "存证与登记的步骤或人员不符")
	}
}

// leafRow is what the row of a posting's leaf says beside the leaf.
type leafRow int

const (
	byHand leafRow = iota // its document has further leaves: document.Verify reads them all
	atOnce                // version, maker and instant agree with the voucher
	atOnceAltered
)

// madeBy is who posted at once, by the text of a leaf.
type madeBy struct {
	maker, checker, poster int64
	duties                 string
}

// sealedLeaf compares the leaf of a voucher that was posted at once with its row and the voucher's people.
func (c *bookCheck) sealedLeaf(v *checkedVoucher) bool {
	text := trail.ActorsOf(v.leaf)
	by, ok := c.actors[text]
	if !ok {
		actors, err := trail.ParseActors(text)
		if err != nil || len(actors) < 3 {
			return false
		}
		by = madeBy{actors[0].Person, actors[1].Person, actors[2].Person, document.DutiesOf(actors)}
		c.actors[strings.Clone(text)] = by
	}
	c.tally.Add(v.Document, by.duties)
	return v.made == atOnce && by.maker == v.Maker && by.checker == v.Checker && by.poster == v.Poster &&
		strings.HasSuffix(v.leaf, sealedEnd) && trail.Says(v.leaf, "kind", VoucherKind.Name)
}

var sealedEnd = trail.End(sealed.Step, string(sealed.State), 1)
