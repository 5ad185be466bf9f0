package store_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"xiangzhang/internal/store"
)

func TestSyncFolder(t *testing.T) {
	dir := t.TempDir()
	if err := store.SyncFolder(dir); err != nil {
		t.Error(err)
	}
	if err := store.SyncFolder(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
