package attachment

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Attachment is a file of a document.
type Attachment struct {
	Document string
	File
	Name   string // as it was uploaded
	Person int64
	At     string // instant
}

// Attachers are who may add files to a document: the accountants who keep its unit's books, and the unit's own clerks.
// Who only reads, checks or approves adds none.
var Attachers = []identity.Role{identity.Accountant, identity.Clerk, identity.VillageClerk}

var attachers = []identity.Role{identity.Accountant, identity.Clerk, identity.VillageClerk}

// MayAttach reports whether a person may add files to the documents of the unit with this path. A clerk hands in the
// originals of his own unit, not those of the units below it.
func MayAttach(by identity.Actor, unitPath string) bool {
	if by.Has(unitPath, identity.Accountant) {
		return true
	}
	for _, g := range by.Grants {
		if g.Path == unitPath && (g.Role == identity.Clerk || g.Role == identity.VillageClerk) {
			return true
		}
	}
	return false
}

// What the trail calls the coming and the going of a file.
const (
	stepAttached = "attached"
	StepDetached = "detached"
)

// TrailOf names the document under which the trail keeps what was attached to a document.
func TrailOf(id string) string { return "attachments-" + id }

// Steps gives the leaves of what was attached to a document and removed from it, oldest first, with the name of each file
// as its reason.
func Steps(tx *store.Tx, county int64, id string) ([]trail.Row, error) {
	rows, err := trail.List(tx, county, TrailOf(id))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	files, err := List(tx, county, id)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, f := range files {
		names[f.SHA256] = f.Name
	}
	for i := len(rows) - 1; i >= 0; i-- { // a removed file's name stands in the leaf of its going
		sha := trail.RowsOf(rows[i].Leaf)
		if rows[i].Step == StepDetached {
			names[sha] = rows[i].Reason
		}
		rows[i].Reason = names[sha]
	}
	return rows, nil
}

// Attach adds a file that Put has kept to a document. The same file again changes nothing.
func Attach(tx *store.Tx, by identity.Actor, id string, f File, name string) (Attachment, error) {
	doc, unitPath, err := home(tx, by.County, id)
	if err != nil {
		return Attachment{}, err
	}
	if !MayAttach(by, unitPath) {
		return Attachment{}, fault.New(fault.Forbidden, "role-missing", "您没有上传附件的权限", "请由该单位的会计或本单位的报账员上传")
	}
	principal, _ := by.ActsFor(unitPath, attachers...)
	if !document.Involved(doc.Parts, by.Person) && (by.Frozen || !document.Involved(doc.Parts, principal)) {
		if err := by.NewWork(unitPath, attachers...); err != nil {
			return Attachment{}, err
		}
	}
	a := Attachment{Document: doc.ID, File: f, Name: cleanName(name, f), Person: by.Person, At: calendar.Instant(tx.Now)}
	n, err := tx.Exec(`insert into attachment (county_id, document_id, sha256, name, media_type, bytes, person_id, added_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
		by.County, a.Document, a.SHA256, a.Name, a.MediaType, a.Bytes, a.Person, a.At)
	if err != nil {
		return a, fmt.Errorf("attachment.Attach %s: %w", id, err)
	}
	if n == 0 {
		return find(tx, by.County, id, f.SHA256)
	}
	leaf := leafOf(by, a, stepAttached)
	leaf.Private = map[string]string{"name": a.Name}
	return a, appendLeaf(tx, leaf)
}

// Detach takes a file away from a document, which the document's own area has allowed; the trail keeps its name and its
// digest. The bytes are Files.Erase's. A file that was taken away already stays so.
func Detach(tx *store.Tx, by identity.Actor, id, sha string) error {
	a, err := find(tx, by.County, id, sha)
	if fault.Is(err, fault.NotFound) {
		rows, e := trail.List(tx, by.County, TrailOf(id))
		gone := func(r trail.Row) bool { return r.Step == StepDetached && trail.RowsOf(r.Leaf) == sha }
		if e != nil || slices.ContainsFunc(rows, gone) {
			return e
		}
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(`delete from attachment where county_id = $1 and document_id = $2 and sha256 = $3`, by.County, id, sha)
	if err != nil {
		return fmt.Errorf("attachment.Detach %s of %s: %w", sha, id, err)
	}
	leaf := leafOf(by, a, StepDetached)
	leaf.Reason = a.Name // in words, since no row tells it any more
	return appendLeaf(tx, leaf)
}

// leafOf is what the trail says of the coming and the going of a file.
func leafOf(by identity.Actor, a Attachment, step string) trail.Step {
	return trail.Step{
		County: by.County, Document: TrailOf(a.Document), Kind: "attachment", Chain: []string{a.Document}, Step: step,
		Actors: []trail.Actor{{Person: by.Person}}, Rows: a.SHA256,
		Facts: map[string]string{"media_type": a.MediaType, "bytes": fmt.Sprint(a.Bytes)},
	}
}

// appendLeaf writes a leaf behind those of the same document.
func appendLeaf(tx *store.Tx, leaf trail.Step) error {
	rows, err := trail.List(tx, leaf.County, leaf.Document)
	if err != nil {
		return err
	}
	leaf.Version = int64(len(rows)) + 1
	return trail.Append(tx, leaf)
}

// Named reports whether any document of any county has a file with this content: the counties share one folder.
func Named(tx *store.Tx, sha string) (bool, error) {
	var n int
	if err := tx.QueryRow(`select count(*) from attachment where sha256 = $1`, sha).Scan(&n); err != nil {
		return false, fmt.Errorf("attachment.Named %s: %w", sha, err)
	}
	return n > 0, nil
}

// home gives a document and the path of its unit.
func home(tx *store.Tx, county int64, id string) (document.Document, string, error) {
	doc, err := document.Get(tx, county, id)
	if fault.Is(err, fault.NotFound) {
		return doc, "", fault.New(fault.NotFound, "attachment-document-missing", "单据还没有保存,不能上传附件", "请先保存单据")
	}
	if err != nil {
		return doc, "", err
	}
	unit, err := org.Get(tx, county, doc.Unit)
	return doc, unit.Path, err
}

// nameMost is the longest name that is kept, in characters.
const nameMost = 120

var extensions = map[string]string{PDF: ".pdf", JPEG: ".jpg", PNG: ".png", OFD: ".ofd", XLSX: ".xlsx"}

// cleanName keeps a name that can be written to any disk, with the extension of what the file is.
func cleanName(name string, f File) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>:"/|?*`, r) {
			return -1
		}
		return r
	}, name))
	extension := extensions[f.MediaType]
	stem := strings.TrimRight(strings.TrimSuffix(name, path.Ext(name)), ". ")
	if f.MediaType == JPEG && strings.EqualFold(path.Ext(name), ".jpeg") || strings.EqualFold(path.Ext(name), extension) {
		extension = path.Ext(name)
	}
	if stem == "" {
		stem = "附件"
	}
	if runes := []rune(stem); len(runes) > nameMost {
		stem = string(runes[:nameMost])
	}
	return stem + extension
}

const columns = `document_id, sha256, name, media_type, bytes, person_id, added_at`

func scan(row interface{ Scan(...any) error }) (Attachment, error) {
	var a Attachment
	err := row.Scan(&a.Document, &a.SHA256, &a.Name, &a.MediaType, &a.Bytes, &a.Person, &a.At)
	return a, err
}

func find(tx *store.Tx, county int64, id, sha string) (Attachment, error) {
	a, err := scan(tx.QueryRow(`select `+columns+` from attachment where county_id = $1 and document_id = $2 and sha256 = $3`,
		county, id, sha))
	if errors.Is(err, store.ErrNoRows) {
		return a, fault.New(fault.NotFound, "attachment-unknown", "这张单据没有该附件", "请从单据页面打开附件")
	}
	if err != nil {
		return a, fmt.Errorf("attachment: %s of %s: %w", sha, id, err)
	}
	return a, nil
}

// Get gives one attachment to who may read the document's unit; its content is read by Files.Open.
func Get(tx *store.Tx, by identity.Actor, id, sha string) (Attachment, error) {
	_, unitPath, err := home(tx, by.County, id)
	if err != nil {
		return Attachment{}, err
	}
	if !by.Reads(unitPath) {
		return Attachment{}, fault.New(fault.Forbidden, "role-missing", "您没有查看该单位附件的权限", "请由该单位的人员办理,或请安全管理员授权")
	}
	return find(tx, by.County, id, sha)
}

// List gives a document's attachments in the order in which they were added.
func List(tx *store.Tx, county int64, id string) ([]Attachment, error) {
	return list(tx, `select `+columns+` from attachment where county_id = $1 and document_id = $2 order by added_at, name, sha256`, county, id)
}

func list(tx *store.Tx, q string, args ...any) ([]Attachment, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("attachment.List: %w", err)
	}
	defer rows.Close()
	var all []Attachment
	for rows.Next() {
		a, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("attachment.List: %w", err)
		}
		all = append(all, a)
	}
	return all, rows.Err()
}

// Damaged gives the attachments of a county whose file is missing or was changed: what check and restore report.
func Damaged(tx *store.Tx, files *Files, county int64) ([]Attachment, error) {
	all, err := list(tx, `select `+columns+` from attachment where county_id = $1 order by document_id, sha256`, county)
	if err != nil {
		return nil, err
	}
	var damaged []Attachment
	for _, a := range all {
		f, err := files.Open(a.SHA256)
		switch {
		case err == nil:
			err = f.Close()
		case fault.As(err) != nil:
			damaged = append(damaged, a)
			err = nil
		}
		if err != nil {
			return nil, err
		}
	}
	return damaged, nil
}
