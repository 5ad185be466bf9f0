package store

import (
	"errors"
	"io/fs"
	"os"
)

// SyncFolder makes a new name in a folder durable, where the system knows how; Windows writes names at once.
func SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrInvalid) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}
