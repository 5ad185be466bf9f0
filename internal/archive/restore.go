package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// RestoreOptions say where a restore puts what does not lie in the database.
type RestoreOptions struct {
	Files      string   // folder for the attached originals
	Keys       string   // folder for the counties' keys
	Identities []string // age identities (AGE-SECRET-KEY-1…) that open the keys; none: identifiers stay locked
	Progress   Progress
}

// Restored says what a restore has done.
type Restored struct {
	Manifest
	KeysRestored int  // keys put into their folder
	KeysLocked   bool // the keys stayed behind: left out of the archive, or nobody opened them
	SchemaAfter  int  // version of the schema after the migrations
}

// Restore makes the database target, a path or a postgres:// URL that must hold no rows, from an archive: all of it or
// nothing. The archive is compared with its manifest before anything is written.
func Restore(ctx context.Context, target string, r io.ReaderAt, size int64, o RestoreOptions) (Restored, error) {
	done, err := restore(ctx, target, r, size, o)
	if err != nil {
		return Restored{}, fmt.Errorf("archive.Restore: %w", err)
	}
	return done, nil
}

func restore(ctx context.Context, target string, r io.ReaderAt, size int64, o RestoreOptions) (done Restored, err error) {
	identities, err := parseIdentities(o.Identities)
	if err != nil {
		return done, err
	}
	a, err := open(ctx, r, size)
	if err != nil {
		return done, err
	}
	if len(a.files) > 0 && o.Files == "" {
		return done, fault.New(fault.Invalid, "restore-files-folder", "没有指明附件目录", "请用 --files 指明恢复出的附件放在哪里").In("files")
	}
	keys, err := openKeys(a, identities, o.Keys)
	if err != nil {
		return done, err
	}
	s, err := store.Stage(ctx, target, a.Schema, store.Options{CacheMiB: 16, Readers: 1})
	if err != nil {
		return done, err
	}
	var files placed
	defer func() {
		if err != nil {
			err = errors.Join(err, files.takeBack())
		}
		err = errors.Join(err, s.Discard())
	}()
	if err := a.load(ctx, s.DB(), o.Progress); err != nil {
		return done, err
	}
	if err := s.Complete(ctx); err != nil {
		return done, notWhole(err)
	}
	if err := restoreFiles(ctx, a, o.Files, o.Progress, &files); err != nil {
		return done, err
	}
	for _, k := range keys {
		if err := files.put(filepath.Join(o.Keys, k.Name), bytes.NewReader(k.Data)); err != nil {
			return done, err
		}
	}
	if err := files.syncFolders(); err != nil {
		return done, err
	}
	if err := s.Publish(ctx); err != nil {
		return done, err
	}
	return Restored{Manifest: a.Manifest, KeysRestored: len(keys), KeysLocked: a.keys == nil || len(identities) == 0,
		SchemaAfter: store.SchemaVersion()}, nil
}

// notWhole tells rows that contradict each other from a failure of the machine.
func notWhole(err error) error {
	var v *store.Violation
	if errors.As(err, &v) {
		return fault.New(fault.Refused, "archive-inconsistent", "备份文件中的数据互相矛盾,没有恢复任何数据", "请换用另一份备份").Because(err)
	}
	return err
}

// load writes the rows of every table into the staged database.
func (a *opened) load(ctx context.Context, db *store.DB, tell Progress) error {
	var schema store.Schema
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		schema, err = store.ReadSchema(tx)
		return err
	})
	if err != nil {
		return err
	}
	tables, err := a.match(schema)
	if err != nil {
		return broken(err)
	}
	for i, t := range tables {
		if err := loadTable(ctx, db, t, a.tables[i], tell); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, notWhole(err))
		}
	}
	return nil
}

const (
	batchRows  = 2_000
	batchBytes = 1 << 20
)

// loadTable reads the next batch while the last one is written.
func loadTable(ctx context.Context, db *store.DB, t store.SchemaTable, f *zip.File, tell Progress) error {
	part, err := f.Open()
	if err != nil {
		return broken(err)
	}
	defer part.Close()
	into := bulkTable(t)
	reader := newRowReader(part, t.Columns)
	written := make(chan error, 1)
	written <- nil
	var n int64
	for last := false; !last; {
		var rows [][]any
		rows, last, err = readBatch(reader)
		if err := errors.Join(<-written, err, ctx.Err()); err != nil {
			return err
		}
		n += int64(len(rows))
		tell.tell(t.Name, n)
		go func() {
			written <- db.Write(ctx, func(tx *store.Tx) error {
				for _, row := range rows {
					tx.Append(into, row...)
				}
				return nil
			})
		}()
	}
	return <-written
}

// bulkTable declares a table by its columns. Without a key its rows are written in the order of the archive, which is
// that of the primary key.
func bulkTable(t store.SchemaTable) *store.Table {
	marks := map[store.Type]string{store.Int: "#", store.Bool: "?"}
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = marks[c.Type] + c.Name
	}
	return store.NewTable(t.Name, 0, 0, columns...)
}

// readBatch reads whole rows alone: the last one may take the batch beyond batchBytes.
func readBatch(r *rowReader) (rows [][]any, last bool, err error) {
	for bytesRead := 0; len(rows) < batchRows && bytesRead < batchBytes; {
		row, n, err := r.next()
		if err == io.EOF {
			return rows, true, nil
		}
		if err != nil {
			return nil, true, broken(err)
		}
		rows = append(rows, row)
		bytesRead += n
	}
	return rows, false, nil
}
