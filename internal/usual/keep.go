package usual

import (
	"encoding/json"
	"errors"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// TrailOf names the document under which the trail keeps the changes of a shared summary or template.
func TrailOf(id string) string { return "usual-" + id }

// Keep keeps a template as typed in a book that the actor enters vouchers in. With version 0 it is made, under t.ID; the
// same form sent twice makes one. Later versions change it.
func Keep(tx *store.Tx, by identity.Actor, book int64, t Template) (Template, error) {
	b, err := ledger.See(tx, by, book)
	if err != nil {
		return t, err
	}
	if err := mayKeepIn(by, b.Path); err != nil {
		return t, err
	}
	chart, err := ledger.ChartOf(tx, b, b.Today.Year())
	if err != nil {
		return t, err
	}
	var before *Template
	if t.Version != 0 {
		kept, err := Get(tx, by, b, t.ID)
		if err != nil {
			return t, err
		}
		if err := mayKeep(by, b, kept); err != nil {
			return t, err
		}
		before = &kept
	}
	if err := t.place(by, b); err != nil {
		return t, err
	}
	if err := t.tidy(chart, b); err != nil {
		return t, err
	}
	return write(tx, by, t, before)
}

// place puts a template into its book or the office's books, and to its person or to all.
func (t *Template) place(by identity.Actor, b ledger.Book) error {
	t.Chart = b.Chart
	if t.Book = 0; t.Unit == 0 {
		t.Book = b.ID
	} else {
		t.Unit, _ = Office(b)
	}
	if t.Person != 0 {
		t.Person = by.Person
	}
	return mayKeep(by, b, *t)
}

// mayKeepIn asks for the right, which a person who hands his post over no longer uses: what is kept for later is new work.
func mayKeepIn(by identity.Actor, path string) error {
	if err := by.Require(path, "维护常用凭证和摘要", Makers...); err != nil {
		return err
	}
	return by.NewWork(path, Makers...)
}

// mayKeep refuses a change of what is shared over more than the actor enters vouchers in. His own things are his.
func mayKeep(by identity.Actor, b ledger.Book, t Template) error {
	if t.Unit == 0 || t.Person != 0 {
		return nil // who may enter vouchers in the book was asked before
	}
	_, path := Office(b)
	if by.Has(path, Makers...) {
		return nil
	}
	return fault.New(fault.Forbidden, "template-office", "您没有维护全所共用的常用凭证的权限", "请改为只用于本账套,或由可录入全所账套的会计办理")
}

// write inserts or changes the row; what is or was shared leaves a leaf.
func write(tx *store.Tx, by identity.Actor, t Template, before *Template) (Template, error) {
	lines, err := json.Marshal(t.Lines)
	if err != nil {
		return t, fmt.Errorf("usual.Keep %s: %w", t.ID, err)
	}
	t.ChangedBy, t.ChangedAt = by.Person, calendar.Instant(tx.Now)
	step := "template-kept"
	var n int64
	if before == nil {
		n, err = tx.Exec(`insert into voucher_template (county_id, template_id, book_id, unit_id, chart, person_id, code, name, mnemonic,
			word, lines, version, changed_by, changed_at, ended) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, false)
			on conflict do nothing`, by.County, t.ID, t.Book, t.Unit, string(t.Chart), t.Person, t.Code, t.Name, standard.Mnemonic(t.Name),
			t.Word, string(lines), t.ChangedBy, t.ChangedAt)
		if err == nil && n == 0 {
			return t, taken()
		}
	} else {
		switch {
		case t.Ended:
			step = "template-ended"
		case before.Ended:
			step = "template-restored"
		}
		n, err = tx.Exec(`update voucher_template set book_id = $3, unit_id = $4, person_id = $5, code = $6, name = $7, mnemonic = $8,
			word = $9, lines = $10, version = version + 1, changed_by = $11, changed_at = $12, ended = $13
			where county_id = $1 and template_id = $2 and version = $14 and ended = $15`, by.County, t.ID, t.Book, t.Unit, t.Person, t.Code,
			t.Name, standard.Mnemonic(t.Name), t.Word, string(lines), t.ChangedBy, t.ChangedAt, t.Ended, t.Version, before.Ended)
		if err == nil && n == 0 {
			return t, outdated(tx, `voucher_template where county_id = $1 and template_id = $2 and version = $3 and changed_by = $4 and book_id = $5
				and unit_id = $6 and person_id = $7 and code = $8 and name = $9 and word = $10 and lines = $11 and ended = $12`,
				by.County, t.ID, t.Version+1, by.Person, t.Book, t.Unit, t.Person, t.Code, t.Name, t.Word, string(lines), t.Ended)
		}
	}
	if err != nil {
		return t, fmt.Errorf("usual.Keep %s: %w", t.ID, err)
	}
	t.Version++
	if t.Person != 0 && (before == nil || before.Person != 0) {
		return t, nil
	}
	return t, leaf(tx, by, step, t.ID, t.Version, t.facts(lines))
}

func leaf(tx *store.Tx, by identity.Actor, step, id string, version int64, facts map[string]string) error {
	return trail.Append(tx, trail.Step{
		County: by.County, Document: TrailOf(id), Version: version, Kind: "usual", Step: step,
		Actors: []trail.Actor{{Person: by.Person}}, Facts: facts,
	})
}

// taken is the refusal of a form that was sent twice; IsTaken finds it.
func taken() error {
	return fault.New(fault.Conflict, "usual-exists", "这一条已经保存过", "请刷新后查看,勿重复提交")
}

// IsTaken tells that a form that makes or changes something was sent before.
func IsTaken(err error) bool { return fault.HasCode(err, "usual-exists") }

func stale() error {
	return fault.New(fault.Conflict, "usual-stale", "这一条已被他人改动或停用", "请刷新后查看最新内容再改")
}

// outdated is the refusal of a change whose version is not there any more: made is the row as this change leaves it, by
// the first sending of the form; else somebody else was first.
func outdated(tx *store.Tx, made string, args ...any) error {
	var n int64
	if err := tx.QueryRow(`select count(*) from `+made, args...).Scan(&n); err != nil {
		return fmt.Errorf("usual: %w", err)
	}
	if n > 0 {
		return taken()
	}
	return stale()
}

// End takes a template out of use. The same request again changes nothing.
func End(tx *store.Tx, by identity.Actor, book int64, id string, version int64) error {
	return setEnded(tx, by, book, id, version, true)
}

// Restore brings a template back that was taken out of use. The same request again changes nothing.
func Restore(tx *store.Tx, by identity.Actor, book int64, id string, version int64) error {
	return setEnded(tx, by, book, id, version, false)
}

func setEnded(tx *store.Tx, by identity.Actor, book int64, id string, version int64, ended bool) error {
	b, err := ledger.See(tx, by, book)
	if err != nil {
		return err
	}
	if err := mayKeepIn(by, b.Path); err != nil {
		return err
	}
	t, err := get(tx, by, b, id, offered)
	if err != nil {
		return err
	}
	if err := mayKeep(by, b, t); err != nil {
		return err
	}
	if t.Ended == ended && t.Version == version+1 && t.ChangedBy == by.Person {
		return nil // pressed twice
	}
	if t.Ended == ended {
		return stale()
	}
	before := t
	t.Ended, t.Version = ended, version
	_, err = write(tx, by, t, &before)
	return err
}

const templateColumns = `template_id, book_id, unit_id, chart, person_id, code, name, word, lines, version, changed_by, changed_at, ended`

// The templates that concern a person in a book: the book's and its office's, shared and his own. Those in use are
// offered; those taken out of use can be brought back.
const (
	offered = ` from voucher_template where county_id = $1 and (book_id = $2 or book_id = 0 and unit_id = $3 and chart = $4)
	and person_id in (0, $5)`
	inUse    = offered + ` and not ended`
	outOfUse = offered + ` and ended`
)

func scanTemplate(row interface{ Scan(...any) error }) (Template, error) {
	var t Template
	var lines string
	err := row.Scan(&t.ID, &t.Book, &t.Unit, &t.Chart, &t.Person, &t.Code, &t.Name, &t.Word, &lines, &t.Version, &t.ChangedBy, &t.ChangedAt, &t.Ended)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal([]byte(lines), &t.Lines)
}

// Get gives a template that the actor is offered in a book, which he was seen to look into.
func Get(tx *store.Tx, by identity.Actor, b ledger.Book, id string) (Template, error) {
	return get(tx, by, b, id, inUse)
}

func get(tx *store.Tx, by identity.Actor, b ledger.Book, id, among string) (Template, error) {
	unit, _ := Office(b)
	t, err := scanTemplate(tx.QueryRow(`select `+templateColumns+among+` and template_id = $6`,
		by.County, b.ID, unit, string(b.Chart), by.Person, id))
	if errors.Is(err, store.ErrNoRows) {
		return t, fault.New(fault.NotFound, "template-unknown", "没有这张常用凭证,或已停用", "请从常用凭证列表中打开")
	}
	if err != nil {
		return t, fmt.Errorf("usual.Get %s: %w", id, err)
	}
	return t, nil
}

// List gives the templates that the actor is offered in a book, which he was seen to look into: by code, then name;
// those without a code last.
func List(tx *store.Tx, by identity.Actor, b ledger.Book) ([]Template, error) {
	return list(tx, by, b, inUse)
}

// ListEnded gives, in the same order, those that were taken out of use.
func ListEnded(tx *store.Tx, by identity.Actor, b ledger.Book) ([]Template, error) {
	return list(tx, by, b, outOfUse)
}

func list(tx *store.Tx, by identity.Actor, b ledger.Book, among string) ([]Template, error) {
	unit, _ := Office(b)
	rows, err := tx.Query(`select `+templateColumns+among+` order by case when code = '' then 1 else 0 end, code, name, template_id`,
		by.County, b.ID, unit, string(b.Chart), by.Person)
	if err != nil {
		return nil, fmt.Errorf("usual.List: %w", err)
	}
	defer rows.Close()
	var out []Template
	for rows.Next() {
		t, err := scanTemplate(rows)
		if err != nil {
			return nil, fmt.Errorf("usual.List: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
