package archive

import (
	"archive/zip"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Options say what a backup takes along.
type Options struct {
	Files      string   // folder of the attached originals
	Keys       string   // folder of the counties' keys
	Recipients []string // age public keys (age1…) that the keys are encrypted to; none: the keys are left out
	Program    string   // version of the program, for the manifest
	Progress   Progress
}

// Backup writes one snapshot of the database to w while others go on writing.
func Backup(ctx context.Context, db *store.DB, o Options, w io.Writer) (Manifest, error) {
	m, _, err := backUp(ctx, db, o, w)
	return m, err
}

// backUp gives beside the manifest the schema that the rows were read with.
func backUp(ctx context.Context, db *store.DB, o Options, w io.Writer) (m Manifest, schema store.Schema, err error) {
	recipients, err := parseRecipients(o.Recipients)
	if err != nil {
		return Manifest{}, schema, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		if schema, err = store.ReadSchema(tx); err != nil {
			return err
		}
		m = Manifest{Format: Format, Schema: int(schema.Version), Engine: string(tx.Engine()), Program: o.Program,
			At: calendar.Instant(tx.Now), Counties: []County{}, Recipients: []string{}, Files: Files{Lost: []string{}}}
		b := &backup{ctx: ctx, tx: tx, o: o, m: &m, zip: zip.NewWriter(w)}
		b.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
			return flate.NewWriter(w, flate.BestSpeed) // rows repeat each other: more effort gains little
		})
		for _, t := range schema.Tables {
			if err := b.table(t); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
		if err := b.files(schema); err != nil {
			return err
		}
		if err := b.keys(recipients); err != nil {
			return err
		}
		return b.finish()
	})
	if err != nil {
		return Manifest{}, schema, fmt.Errorf("archive.Backup: %w", err)
	}
	return m, schema, nil
}

// backup is one archive in the making.
type backup struct {
	ctx context.Context
	tx  *store.Tx
	o   Options
	m   *Manifest
	zip *zip.Writer
}

// partWriter counts and hashes what goes into a part.
type partWriter struct {
	name string
	w    io.Writer
	hash hash.Hash
	n    int64
}

func (b *backup) create(name string, method uint16) (*partWriter, error) {
	w, err := b.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: b.tx.Now.Truncate(time.Second)})
	return &partWriter{name: name, w: w, hash: sha256.New()}, err
}

func (p *partWriter) Write(data []byte) (int, error) {
	p.hash.Write(data)
	n, err := p.w.Write(data)
	p.n += int64(n)
	return n, err
}

func (p *partWriter) part() Part {
	return Part{Name: p.name, Bytes: p.n, SHA256: hex.EncodeToString(p.hash.Sum(nil))}
}

// table writes all rows in the order of the primary key, which is byte order for texts on both engines.
func (b *backup) table(t store.SchemaTable) error {
	p, err := b.create(tablePart(t.Name), zip.Deflate)
	if err != nil {
		return err
	}
	n, err := b.rows(t, p)
	if err != nil {
		return err
	}
	b.o.Progress.tell(t.Name, n)
	b.m.Tables = append(b.m.Tables, Table{Part: p.part(), Table: t.Name, Rows: n, Columns: columnNames(t)})
	return nil
}

// chunkBytes is how much text is gathered before it is hashed and deflated.
const chunkBytes = 64 << 10

func (b *backup) rows(t store.SchemaTable, w io.Writer) (n int64, err error) {
	key := t.Key
	if len(key) == 0 {
		key = columnNames(t)
	}
	rows, err := b.tx.Query("select " + strings.Join(columnNames(t), ", ") + " from " + t.Name + " order by " + strings.Join(key, ", "))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	values := make([]any, len(t.Columns))
	into := make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	line := make([]byte, 0, 2*chunkBytes)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return n, err
		}
		if line, err = appendRow(line, t.Columns, values); err != nil {
			return n, fault.Newf(fault.Refused, "backup-value", "请运行 check 核对,并联系维护人员更正后重新备份",
				"表 %s 第 %d 行的值不合列的类型,不能备份", t.Name, n+1).Because(err)
		}
		if n++; n%tellEvery == 0 {
			b.o.Progress.tell(t.Name, n)
			if err := b.ctx.Err(); err != nil {
				return n, err
			}
		}
		if t.Name == "county" {
			b.county(t, values)
		}
		if len(line) < chunkBytes {
			continue
		}
		if _, err := w.Write(line); err != nil {
			return n, err
		}
		line = line[:0]
	}
	if err := rows.Err(); err != nil {
		return n, err
	}
	_, err = w.Write(line)
	return n, err
}

// county notes whose books these are, for the person who looks at the archive.
func (b *backup) county(t store.SchemaTable, values []any) {
	var c County
	for i, column := range t.Columns {
		switch column.Name {
		case "county_id":
			c.ID, _ = values[i].(int64)
		case "name":
			c.Name, _ = values[i].(string)
		}
	}
	b.m.Counties = append(b.m.Counties, c)
}

// finish writes the manifest, and its hash into the comment.
func (b *backup) finish() error {
	text, err := json.MarshalIndent(b.m, "", "  ")
	if err != nil {
		return err
	}
	p, err := b.create(manifestName, zip.Deflate)
	if err != nil {
		return err
	}
	if _, err := p.Write(append(text, '\n')); err != nil {
		return err
	}
	if err := b.zip.SetComment(commentStart + p.part().SHA256); err != nil {
		return err
	}
	return b.zip.Close()
}
