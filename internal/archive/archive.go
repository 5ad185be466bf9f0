// Package archive backs a database up and restores it: one file, the same for both engines, so that a county also
// moves between them.
//
// An archive is a zip: tables/NAME.jsonl (one JSON array per row, in the order of the primary key), files/SHA256 (the
// originals behind documents), keys.age (the counties' keys, encrypted to named recipients with age, or left out) and,
// last, manifest.json with the format, the version of the schema, the counts and the SHA-256 of every part. The zip's
// comment holds the SHA-256 of the manifest. Which tables there are is read from the schema, so that a new table is
// backed up without a change here.
//
// A backup is one snapshot, taken while others write. A restore reads and compares the whole archive before it writes
// anything, refuses a database that holds rows, and happens as a whole or not at all. An archive of an older schema is
// restored into that schema and then migrated; one of a newer schema or format is refused.
package archive

import (
	"encoding/json"
	"regexp"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Format is the version of the archive's layout that this program writes, and the newest that it reads.
const Format = 1

// Manifest says what an archive holds.
type Manifest struct {
	Format     int      `json:"format"`
	Schema     int      `json:"schema"` // number of the last migration
	Engine     string   `json:"engine"` // that the archive was taken from; it does not bind the restore
	Program    string   `json:"program"`
	At         string   `json:"at"` // instant of the snapshot, UTC
	Counties   []County `json:"counties"`
	Tables     []Table  `json:"tables"` // a table stands behind those that it refers to
	Files      Files    `json:"files"`
	Keys       *Part    `json:"keys"`       // null: left out, because no recipient was named
	Recipients []string `json:"recipients"` // age public keys that can open the keys
}

// County names a county whose books the archive holds.
type County struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Part is one file of the archive.
type Part struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Table is the part that holds a table's rows.
type Table struct {
	Part
	Table   string   `json:"table"`
	Rows    int64    `json:"rows"`
	Columns []string `json:"columns"`
}

// Files are the attached originals. Their names are their SHA-256.
type Files struct {
	Count int      `json:"count"`
	Bytes int64    `json:"bytes"`
	Lost  []string `json:"lost"` // named by a row, but missing or damaged when the backup was made
}

// Rows gives the number of rows of all tables.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Progress is called now and then with the part at work and how many of its rows (of "files": files) are done.
type Progress func(part string, done int64)

func (p Progress) tell(part string, done int64) {
	if p != nil {
		p(part, done)
	}
}

// tellEvery bounds how often a Progress is called.
const tellEvery = 10_000

const (
	manifestName = "manifest.json"
	keysName     = "keys.age"
	filesFolder  = "files/"
	commentStart = "xiangzhang-backup sha256:"

	manifestMost = 64 << 20
)

func tablePart(table string) string { return "tables/" + table + ".jsonl" }

var sha256Name = regexp.MustCompile(`^[0-9a-f]{64}$`)

func broken(cause error) error {
	return fault.New(fault.Refused, "archive-broken", "备份文件已损坏或不完整,没有恢复任何数据", "请换用另一份备份,或重新复制该文件后再试").Because(cause)
}

func columnNames(t store.SchemaTable) []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// parseManifest reads the format first, because only a format that is known can be read further.
func parseManifest(text []byte) (Manifest, error) {
	var m Manifest
	var head struct{ Format, Schema int }
	if err := json.Unmarshal(text, &head); err != nil {
		return m, broken(err)
	}
	if head.Format > Format {
		return m, fault.Newf(fault.Refused, "archive-newer", "请用写出该备份的新版程序恢复",
			"备份文件的格式为第 %d 版,新于本程序认识的第 %d 版", head.Format, Format)
	}
	if known := store.SchemaVersion(); head.Schema > known {
		return m, fault.Newf(fault.Refused, "archive-newer", "请用写出该备份的新版程序恢复",
			"备份的数据库结构为第 %d 版,新于本程序支持的第 %d 版", head.Schema, known)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, broken(err)
	}
	return m, nil
}
