package exchange

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// FileKind declares an imported file as a document: its leaf says who brought in which rows.
var FileKind = &document.Kind{
	Name: "import", Title: "导入文件",
	States: map[document.State]string{"effective": "已生效"},
	Steps: []document.Step{{Name: "import", Title: "导入", To: "effective", Roles: []identity.Role{
		identity.Accountant, identity.OfficeHead, identity.CountyBudget, identity.CountyTreasury, identity.SysAdmin,
	}}},
}

// digest gives the SHA-256 of what the rows say, whatever format, encoding, column order and blank rows the file has. That
// of persons is keyed: from a plain one, which the leaf shows, an identity number could be found by trying.
func digest(im *imported) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n%s\n%s\n%s\n", im.by.County, im.kind, im.options.Book, im.options.Period)
	for _, row := range im.table.Rows {
		for _, cell := range row.Cells {
			h.Write([]byte(cell))
			h.Write([]byte{0x1f})
		}
		h.Write([]byte{0x1e})
	}
	plain := hex.EncodeToString(h.Sum(nil))
	if im.kind == Persons || im.kind == Roster {
		return im.options.Keys.Hash(im.by.County, "import", plain)
	}
	return plain, nil
}

// fileID derives the id of the file's document from its digest, and documentID that of the nth document made from it.
// They are UUIDs of version 8 with one beginning per file, so that a file's documents lie together in the tables.
func (im *imported) fileID() string { return im.documentID(0) }

func (im *imported) documentID(n int) string {
	sum, err := hex.DecodeString(im.digest)
	if err != nil {
		panic(err) // made by digest
	}
	var id uuid.UUID
	copy(id[:12], sum)
	binary.BigEndian.PutUint32(id[12:], uint32(n))
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// refuseRepeated refuses rows that were brought in before.
func (im *imported) refuseRepeated(tx *store.Tx) error {
	d, err := document.Get(tx, im.by.County, im.fileID())
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var at string
	err = tx.QueryRow(`select updated_at from document where county_id = $1 and document_id = $2`, im.by.County, d.ID).Scan(&at)
	if err != nil {
		return fmt.Errorf("exchange: file %s: %w", d.ID, err)
	}
	return repeated(at, d.Ref)
}

func repeated(at, name string) error {
	if t, err := calendar.ParseInstant(at); err == nil {
		at = t.In(calendar.Beijing).Format(time.DateTime)
	}
	return fault.Newf(fault.Conflict, "import-repeated", "无需再次导入;如确为另一批数据,请核对是否选错文件",
		"内容相同的文件已于 %s 以「%s」导入", at, name)
}

// rightPath gives a path under which the actor may bring files in: path, or else that of one of his roles. Whether he may
// touch what the rows name is asked row by row.
func (im *imported) rightPath(path string) string {
	roles := FileKind.Step("import").Roles
	if im.by.Has(path, roles...) {
		return path
	}
	for _, g := range im.by.Grants {
		if slices.Contains(roles, g.Role) {
			return g.Path
		}
	}
	return path
}

// record makes the file's document with its leaf.
func (im *imported) record(tx *store.Tx, id string, unit int64, path string) error {
	today, err := org.Today(tx, im.by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: im.by, Kind: FileKind, Step: "import", ID: id, Unit: unit, Path: im.rightPath(path), Today: today}
	facts := map[string]string{"file-kind": string(im.kind), "rows": strconv.Itoa(im.result.Rows), "sha256": im.digest}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		return document.Effect{Ref: im.shownName(), Facts: facts}, nil
	})
	if document.IsTaken(err) {
		if err := im.refuseRepeated(tx); err != nil {
			return err
		}
	}
	return err
}

// shownName is the file's name as refusals and lists show it.
func (im *imported) shownName() string {
	if im.name == "" || im.name == "-" {
		return "标准输入"
	}
	return filepath.Base(im.name)
}
