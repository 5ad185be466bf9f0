package document

import (
	"database/sql"
	"fmt"
	"hash/maphash"

	"github.com/google/uuid"

	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Flaw is what is wrong with a document's row or its leaves.
type Flaw struct {
	Document string
	Duties   bool // the duties of its row are not those of its leaves; else a leaf is missing, added or altered
	Message  string
}

// Sealed is how most documents of a county come about: one step makes them, and nothing follows. Their domain reads the
// leaf beside the rows that it stands for and compares it, and adds their duties to a Tally, so that Verify leaves the
// leaves of that step alone.
type Sealed struct {
	Kind  string
	Step  string
	State State
}

// Tally is the sum of many documents with their duties, in any order: two that differ are not of the same documents.
type Tally struct {
	seed maphash.Seed
	sum  uint64
}

// NewTally gives an empty sum; sums of other seeds do not compare.
func NewTally(seed maphash.Seed) Tally { return Tally{seed: seed} }

// Add adds a document with its duties as its row writes them.
func (t *Tally) Add(id, duties string) {
	var h maphash.Hash
	h.SetSeed(t.seed)
	h.WriteString(id)
	h.WriteByte('|')
	h.WriteString(duties)
	t.sum += h.Sum64()
}

// Join adds another sum of the same seed.
func (t *Tally) Join(other Tally) { t.sum += other.sum }

// Equal reports whether two sums are of the same documents.
func (t *Tally) Equal(other Tally) bool { return t.sum == other.sum }

// DutiesOf gives the duties that the actors of a making step leave in the document's row.
func DutiesOf(actors []trail.Actor) string { return encodeParts(addParts(nil, actors)) }

// row is a leaf with what its table and its document's row say.
type row struct {
	id       string
	version  int64
	step     string
	person   int64
	at       string
	reason   string
	leaf     string
	salt     string
	kind     string // empty: the leaf is of no document
	state    State
	versions int64
	ref      string
	duties   string
	counted  int64 // leaves of something that is no document and counts them; 0: it does not
}

const rowColumns = `t.document_id, t.version, t.step, t.person_id, t.at, coalesce(t.reason, ''), t.leaf, coalesce(s.salt, ''),
	coalesce(d.kind, ''), coalesce(d.state, ''), coalesce(d.version, 0), coalesce(d.ref, ''), coalesce(d.duties, ''), coalesce(c.value, 0)
	from trail t left join document d on d.county_id = t.county_id and d.document_id = t.document_id
	left join trail_salt s on s.county_id = t.county_id and s.document_id = t.document_id and s.version = t.version and s.field = 'reason'
	left join counter c on c.county_id = t.county_id and c.name = 'trail:' || t.document_id
	where t.county_id = $1 and `

func scanRow(rows *sql.Rows) (r row, err error) {
	err = rows.Scan(&r.id, &r.version, &r.step, &r.person, &r.at, &r.reason, &r.leaf, &r.salt, &r.kind, &r.state, &r.versions, &r.ref, &r.duties, &r.counted)
	return r, err
}

// Verify proves that the leaves of every document are its versions without a gap, that each says what its row says, that
// they lead from state to state to the one that the document is in, and that the document's duties are theirs. A reason is
// compared with its commitment where the salt has not been erased. Leaves of the sealed step are their domain's; tally
// gets their documents.
func Verify(tx *store.Tx, county int64, sealed Sealed, tally *Tally) ([]Flaw, error) {
	v := &verifier{county: county, waived: map[taken]string{}}
	for _, check := range []func(*store.Tx, Sealed) error{v.leaves, v.gapped, v.leafless, v.uses} {
		if err := check(tx, sealed); err != nil {
			return nil, fmt.Errorf("document.Verify: %w", err)
		}
	}
	if err := tallySealed(tx, county, sealed, tally); err != nil {
		return nil, fmt.Errorf("document.Verify: %w", err)
	}
	return v.flaws, nil
}

type verifier struct {
	county int64
	flaws  []Flaw
	gaps   []string // documents some of whose leaves were not among those read

	waived  map[taken]string // uses of waivers, as leaves tell them
	waivers []string         // documents of waivers
}

func (v *verifier) flaw(id, format string, args ...any) {
	v.flaws = append(v.flaws, Flaw{Document: id, Message: fmt.Sprintf(format, args...)})
}

// leaves reads every leaf but those of the sealed step, document by document.
func (v *verifier) leaves(tx *store.Tx, sealed Sealed) error {
	rows, err := tx.Query(`select `+rowColumns+`(t.step <> $2 or t.version <> 1) order by t.document_id, t.version`, v.county, sealed.Step)
	if err != nil {
		return err
	}
	defer rows.Close()
	var group []row
	for rows.Next() {
		r, err := scanRow(rows)
		if err != nil {
			return err
		}
		if len(group) > 0 && group[0].id != r.id {
			v.group(group, false)
			group = group[:0]
		}
		group = append(group, r)
	}
	if len(group) > 0 {
		v.group(group, false)
	}
	return rows.Err()
}

// gapped reads all leaves of the documents of which some were missing: the sealed step's may be among them.
func (v *verifier) gapped(tx *store.Tx, _ Sealed) error {
	for _, id := range v.gaps {
		rows, err := tx.Query(`select `+rowColumns+`t.document_id = $2 order by t.version`, v.county, id)
		if err != nil {
			return err
		}
		var group []row
		for rows.Next() {
			r, err := scanRow(rows)
			if err != nil {
				rows.Close()
				return err
			}
			group = append(group, r)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		v.group(group, true)
	}
	return nil
}

// group checks the leaves of one document, oldest first; all tells that no further ones are to be had.
func (v *verifier) group(g []row, all bool) {
	d := g[0]
	if d.kind == "" {
		v.beside(g)
		return
	}
	if int64(len(g)) != d.versions || g[len(g)-1].version != d.versions {
		if !all {
			v.gaps = append(v.gaps, d.id)
			return
		}
		v.flaw(d.id, "单据办理到第 %d 步,存证有 %d 份,最后一份是第 %d 步", d.versions, len(g), g[len(g)-1].version)
		return
	}
	if d.kind == WaiverKind.Name {
		v.waivers = append(v.waivers, d.id)
	}
	var parts []Part
	state, ref := State(""), ""
	for _, r := range g {
		l, ok := v.leaf(r)
		if !ok {
			return
		}
		if l.Kind != d.kind || State(l.From) != state {
			v.flaw(d.id, "第 %d 步的存证与上一步或单据类别接不上", r.version)
			return
		}
		state, parts = State(l.To), addParts(parts, l.Actors)
		if l.Facts["ref"] != "" {
			ref = l.Facts["ref"]
		}
		if told := l.Facts["waived"]; told != "" {
			v.waived[taken{d.id, r.version}] = told
		}
	}
	if state != d.state || ref != d.ref {
		v.flaw(d.id, "单据的状态或编号与存证不符")
	}
	if encodeParts(parts) != d.duties {
		v.flaws = append(v.flaws, Flaw{Document: d.id, Duties: true, Message: "单据记载的各岗位人员与存证不符"})
	}
}

// beside checks leaves that are of no document: acts of administration and what hangs on a document. A document's own are
// of a document that is gone.
func (v *verifier) beside(g []row) {
	if _, err := uuid.Parse(g[0].id); err == nil {
		v.flaw(g[0].id, "有存证,没有单据")
		return
	}
	if n := g[0].counted; n != 0 && (int64(len(g)) != n || g[len(g)-1].version != n) {
		v.flaw(g[0].id, "应有 %d 份存证,现有 %d 份,最后一份是第 %d 份", n, len(g), g[len(g)-1].version)
	}
	for _, r := range g {
		v.leaf(r)
	}
}

// leaf compares a leaf with its row.
func (v *verifier) leaf(r row) (trail.Leaf, bool) {
	l, err := trail.Parse(r.leaf)
	switch {
	case err != nil:
		v.flaw(r.id, "第 %d 步的存证不是原样", r.version)
	case l.County != v.county || l.Document != r.id || l.Version != r.version || l.Step.Step != r.step || l.At != r.at ||
		len(l.Actors) == 0 || l.Actors[0].Person != r.person:
		v.flaw(r.id, "第 %d 步的存证与登记的步骤、人员或时间不符", r.version)
	case r.reason != "" && l.Commitments["reason"] == "" || r.salt != "" && trail.Commitment(r.salt, r.reason) != l.Commitments["reason"]:
		v.flaw(r.id, "第 %d 步登记的原因与存证不符", r.version)
	default:
		return l, true
	}
	return l, false
}

// leafless finds documents that have taken other steps than the sealed one and have no leaf of any, and counters of
// leaves of which there is none.
func (v *verifier) leafless(tx *store.Tx, sealed Sealed) error {
	rows, err := tx.Query(`select d.document_id from document d
		where d.county_id = $1 and not (d.kind = $2 and d.version = 1 and d.state = $3)
		and not exists (select 1 from trail t where t.county_id = d.county_id and t.document_id = d.document_id
			and (t.step <> $4 or t.version <> 1))
		union all select substr(c.name, 7) from counter c where c.county_id = $1 and substr(c.name, 1, 6) = 'trail:'
		and not exists (select 1 from trail t where t.county_id = c.county_id and t.document_id = substr(c.name, 7))
		order by 1`, v.county, sealed.Kind, string(sealed.State), sealed.Step)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		v.flaw(id, "没有所办各步的存证")
	}
	return rows.Err()
}

const sealedRows = ` where d.county_id = $1 and d.kind = $2 and d.version = 1 and d.state = $3`

func tallySealed(tx *store.Tx, county int64, sealed Sealed, tally *Tally) error {
	rows, err := tx.Query(`select d.document_id, d.duties from document d`+sealedRows, county, sealed.Kind, string(sealed.State))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, duties string
		if err := rows.Scan(&id, &duties); err != nil {
			return err
		}
		tally.Add(id, duties)
	}
	return rows.Err()
}

// VerifySealed compares the duties of sealed documents with their leaves one by one: for where the sums differ.
func VerifySealed(tx *store.Tx, county int64, sealed Sealed) ([]Flaw, error) {
	rows, err := tx.Query(`select d.document_id, d.duties, t.leaf from document d
		join trail t on t.county_id = d.county_id and t.document_id = d.document_id and t.version = 1 and t.step = $4`+sealedRows+`
		order by d.document_id`, county, sealed.Kind, string(sealed.State), sealed.Step)
	if err != nil {
		return nil, fmt.Errorf("document.VerifySealed: %w", err)
	}
	defer rows.Close()
	var flaws []Flaw
	for rows.Next() {
		var id, duties, leaf string
		if err := rows.Scan(&id, &duties, &leaf); err != nil {
			return nil, fmt.Errorf("document.VerifySealed: %w", err)
		}
		actors, err := trail.ParseActors(trail.ActorsOf(leaf))
		if err != nil || DutiesOf(actors) != duties {
			flaws = append(flaws, Flaw{Document: id, Duties: true, Message: "单据记载的各岗位人员与存证不符"})
		}
	}
	return flaws, rows.Err()
}
