package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"xiangzhang/internal/store"
)

// runLine runs one command line and gives its exit code with all that it wrote.
func runLine(args ...string) (int, string) {
	var out bytes.Buffer
	code := run(args, strings.NewReader(""), &out, &out)
	return code, out.String()
}

// TestCheck_NamesLostFiles: a row whose file is gone from the folder of attachments.
func TestCheck_NamesLostFiles(t *testing.T) {
	data := t.TempDir()
	if code, said := runLine("init", "--county", "990001", "--name", "青岚县", "--year", "2026", "--data", data); code != 0 {
		t.Fatal(said)
	}
	if code, said := runLine("check", "--data", data); code != 0 {
		t.Fatal(said)
	}
	db, err := store.Open(context.Background(), filepath.Join(data, "xiangzhang.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Exec(`insert into attachment (county_id, document_id, sha256, name, media_type, bytes, person_id, added_at)
			values (990001, 'x', $1, '发票.pdf', 'application/pdf', 1, 1, '')`, strings.Repeat("ab", 32))
		return err
	})
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	code, said := runLine("check", "--data", data)
	if code != 1 || !strings.Contains(said, "附件「发票.pdf」") {
		t.Errorf("exit %d: %s", code, said)
	}
}

func TestImport_RefusesWrongUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"-o 只能用于导入一个文件":       {"units", "a.csv", "b.csv", "-o", "out.json"},
		"须以 --keys 和 --files": {"persons", "a.csv", "--database", "postgres://nowhere/x"},
	} {
		code, said := runLine(append([]string{"import"}, args...)...)
		if code != 2 || !strings.Contains(said, want) {
			t.Errorf("%v: exit %d, %s", args, code, said)
		}
	}
}
