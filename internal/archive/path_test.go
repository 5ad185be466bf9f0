package archive_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"xiangzhang/internal/archive"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store/storetest"
)

func TestBackupTo_RestoreFrom(t *testing.T) {
	s := newServer(t, storetest.One(t))
	dir := t.TempDir()
	path := filepath.Join(dir, "青岚县.zip")
	if err := os.WriteFile(path, []byte("the backup of yesterday"), 0o644); err != nil {
		t.Fatal(err)
	}
	parts := map[string]bool{}
	m, err := archive.BackupTo(context.Background(), s.db, path, archive.Options{Files: s.files, Progress: func(part string, _ int64) { parts[part] = true }})
	if err != nil || m.Rows() == 0 || !parts["voucher"] || !parts["files"] {
		t.Fatalf("%+v, %v, progress %v", m, err, parts)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || len(left(t, dir)) != 1 {
		t.Errorf("%v, mode %v, files %q", err, info.Mode(), left(t, dir))
	}
	if seen, err := archive.VerifyFile(context.Background(), path); err != nil || seen.Rows() != m.Rows() {
		t.Errorf("verify: %d rows, %v; want %d", seen.Rows(), err, m.Rows())
	}
	target := filepath.Join(t.TempDir(), "data", "new.db")
	if _, err := archive.RestoreFrom(context.Background(), path, target, folders(t)); err != nil {
		t.Fatal(err)
	}
	verifyLedger(t, reopen(t, target))
}

// What cannot be finished leaves the backup of yesterday alone.
func TestBackupTo_FailureKeepsTheEarlierFile(t *testing.T) {
	s := newServer(t, storetest.One(t))
	dir := t.TempDir()
	path := filepath.Join(dir, "backup.zip")
	if err := os.WriteFile(path, []byte("yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	_, err := archive.BackupTo(ctx, s.db, path, archive.Options{Files: s.files, Progress: func(string, int64) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := archive.BackupTo(context.Background(), s.db, path, archive.Options{Recipients: []string{"age1nobody"}}); !fault.HasCode(err, "backup-recipient") {
		t.Errorf("no such recipient: %v", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(text, []byte("yesterday")) || len(left(t, dir)) != 1 {
		t.Errorf("%v, %q, files %q", err, text, left(t, dir))
	}
}

func TestPaths_Missing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none", "x.zip")
	if _, err := archive.RestoreFrom(context.Background(), missing, filepath.Join(t.TempDir(), "x.db"), archive.RestoreOptions{}); !fault.HasCode(err, "archive-missing") {
		t.Errorf("restore: %v", err)
	}
	if _, err := archive.BackupTo(context.Background(), storetest.One(t), missing, archive.Options{}); !fault.HasCode(err, "backup-folder-missing") {
		t.Errorf("backup: %v", err)
	}
}
