package ledger

import (
	"fmt"
	"slices"

	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// succeeded is an account of a book that another takes over in a year.
type succeeded struct {
	ref     string // book and opening period, as the document's business number
	account string
}

// namedLast is what the last leaves of a naming say: several where they are of one instant.
type namedLast struct {
	at        string
	documents []string
	successor map[string]string // by document
}

// checkSuccessors compares the accounts that take over with the leaves of the documents that named them: the last one
// where another was named later.
func checkSuccessors(tx *store.Tx, county int64, v *Verification) error {
	last, err := namings(tx, county, v)
	if err != nil {
		return err
	}
	rows, err := tx.Query(`select cast(book_id as text) || '|' || cast(year as text) || '-00', account, successor, document_id from account_successor
		where county_id = $1`, county)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k succeeded
		var successor, document string
		if err := rows.Scan(&k.ref, &k.account, &successor, &document); err != nil {
			return err
		}
		n := last[k]
		if !slices.Contains(n.documents, document) || n.successor[document] != successor {
			v.violate("successors", k.where(), "接续科目 %s 与存证不符", successor)
		}
		delete(last, k)
	}
	for k := range last {
		v.violate("successors", k.where(), "存证中指定了接续科目,账上没有")
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return checkTwoHands(tx, county, v)
}

// checkTwoHands proves that whoever checked a naming is not the one who named it. That no year was carried over by an
// unchecked one, checkOpenings proves.
func checkTwoHands(tx *store.Tx, county int64, v *Verification) error {
	all, err := querySuccessors(tx, county, `where s.county_id = $1`, county)
	if err != nil {
		return err
	}
	for _, s := range all {
		if maker, checker := s.Maker(), s.Checker(); s.Checked() && (maker == 0 || checker == 0 || maker == checker) {
			k := succeeded{successorRef(s.Book, s.Begins), s.Account}
			v.violate("successors", k.where(), "接续科目 %s 的指定和审核不是由两人办理", s.To)
		}
	}
	return nil
}

func (k succeeded) where() string { return fmt.Sprintf("账套年度 %s 科目 %s", k.ref, k.account) }

func namings(tx *store.Tx, county int64, v *Verification) (map[succeeded]namedLast, error) {
	rows, err := tx.Query(`select d.document_id, d.ref, t.at, t.leaf from document d
		join trail t on t.county_id = d.county_id and t.document_id = d.document_id
		where d.county_id = $1 and d.kind = $2 and t.step = 'name'`, county, SuccessorKind.Name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[succeeded]namedLast{}
	for rows.Next() {
		var id, ref, at, text string
		if err := rows.Scan(&id, &ref, &at, &text); err != nil {
			return nil, err
		}
		leaf, err := trail.Parse(text)
		if err != nil {
			continue // document.Verify names it
		}
		k := succeeded{ref, leaf.Facts["account"]}
		n := all[k]
		if at > n.at {
			n = namedLast{at: at, successor: map[string]string{}}
		}
		if at == n.at {
			n.documents = append(n.documents, id)
			n.successor[id] = leaf.Facts["successor"]
		}
		all[k] = n
	}
	return all, rows.Err()
}
