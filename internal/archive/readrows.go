package archive

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// rowReader reads a table's part row by row.
type rowReader struct {
	lines   *bufio.Reader
	columns []store.Column
	long    []byte // a line that the buffer does not hold
}

func newRowReader(part io.Reader, columns []store.Column) *rowReader {
	return &rowReader{lines: bufio.NewReaderSize(part, chunkBytes), columns: columns}
}

// next gives the next row, however long, and the bytes of its text; io.EOF after the last row.
func (r *rowReader) next() (row []any, n int, err error) {
	line, err := r.lines.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		r.long = r.long[:0]
		for err == bufio.ErrBufferFull {
			r.long = append(r.long, line...)
			line, err = r.lines.ReadSlice('\n')
		}
		r.long = append(r.long, line...)
		line = r.long
	}
	switch {
	case err == io.EOF && len(line) == 0:
		return nil, 0, io.EOF
	case err == io.EOF:
		return nil, 0, io.ErrUnexpectedEOF // a row ends with its line
	case err != nil:
		return nil, 0, err
	}
	row, err = parseRow(line[:len(line)-1], r.columns)
	return row, len(line), err
}

// match gives the table of the schema behind each table of the archive.
func (a *opened) match(schema store.Schema) ([]store.SchemaTable, error) {
	if len(schema.Tables) != len(a.Tables) {
		return nil, fmt.Errorf("%d tables, schema %d has %d", len(a.Tables), schema.Version, len(schema.Tables))
	}
	tables := make([]store.SchemaTable, len(a.Tables))
	for i, t := range a.Tables {
		at := slices.IndexFunc(schema.Tables, func(s store.SchemaTable) bool { return s.Name == t.Table })
		if at < 0 || !slices.Equal(columnNames(schema.Tables[at]), t.Columns) {
			return nil, fmt.Errorf("table %s is not that of schema %d", t.Table, schema.Version)
		}
		tables[i] = schema.Tables[at]
	}
	return tables, nil
}

// readBack reads an archive just written the way a restore reads it: the right hashes of rows that nobody can read would
// be no backup.
func readBack(ctx context.Context, r io.ReaderAt, size int64, schema store.Schema) error {
	err := readWhole(ctx, r, size, schema)
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fault.New(fault.Refused, "backup-unreadable", "备份写出后核对不符,没有生成备份文件,原有的备份文件不受影响",
		"请检查磁盘或换一个位置后重新备份").Because(err)
}

func readWhole(ctx context.Context, r io.ReaderAt, size int64, schema store.Schema) error {
	a, err := open(ctx, r, size)
	if err != nil {
		return err
	}
	tables, err := a.match(schema)
	if err != nil {
		return err
	}
	for i, t := range tables {
		if err := readTable(ctx, a.tables[i], t.Columns, a.Tables[i].Rows); err != nil {
			return fmt.Errorf("%s: %w", a.Tables[i].Name, err)
		}
	}
	return nil
}

func readTable(ctx context.Context, f *zip.File, columns []store.Column, want int64) error {
	part, err := f.Open()
	if err != nil {
		return err
	}
	defer part.Close()
	reader := newRowReader(part, columns)
	for n := int64(0); ; n++ {
		if n%tellEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		_, _, err := reader.next()
		switch {
		case errors.Is(err, io.EOF) && n == want:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%d rows, want %d", n, want)
		case err != nil:
			return fmt.Errorf("row %d: %w", n+1, err)
		}
	}
}
