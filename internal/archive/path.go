package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// BackupTo writes a backup to a file. The file appears under its name, readable by its owner alone, once it is complete,
// durable and read back as a restore would read it, every row of it; an earlier file of that name stands until then.
func BackupTo(ctx context.Context, db *store.DB, path string, o Options) (m Manifest, err error) {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".part-*") // 0600
	if err != nil {
		return m, fmt.Errorf("archive.BackupTo: %w", noFolder(err, dir))
	}
	defer os.Remove(temp.Name()) // gone already where it was renamed
	defer temp.Close()           // closed already where it was renamed
	w := bufio.NewWriterSize(temp, 1<<20)
	m, schema, err := backUp(ctx, db, o, w)
	if err != nil {
		return Manifest{}, noSpace(err, dir)
	}
	if err := errors.Join(w.Flush(), temp.Sync()); err != nil {
		return Manifest{}, fmt.Errorf("archive.BackupTo: %w", noSpace(err, dir))
	}
	info, err := temp.Stat()
	if err != nil {
		return Manifest{}, fmt.Errorf("archive.BackupTo: %w", err)
	}
	if err := readBack(ctx, temp, info.Size(), schema); err != nil {
		return Manifest{}, fmt.Errorf("archive.BackupTo: %w", err)
	}
	if err := errors.Join(temp.Close(), os.Rename(temp.Name(), path), store.SyncFolder(dir)); err != nil {
		return Manifest{}, fmt.Errorf("archive.BackupTo: %w", err)
	}
	return m, nil
}

// RestoreFrom restores the archive in a file.
func RestoreFrom(ctx context.Context, path, target string, o RestoreOptions) (Restored, error) {
	f, size, err := openFile(path)
	if err != nil {
		return Restored{}, fmt.Errorf("archive.RestoreFrom: %w", err)
	}
	defer f.Close()
	return Restore(ctx, target, f, size, o)
}

// VerifyFile compares the archive in a file with its manifest and restores nothing.
func VerifyFile(ctx context.Context, path string) (Manifest, error) {
	f, size, err := openFile(path)
	if err != nil {
		return Manifest{}, fmt.Errorf("archive.VerifyFile: %w", err)
	}
	defer f.Close()
	return Verify(ctx, f, size)
}

func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fault.Newf(fault.NotFound, "archive-missing", "请核对路径", "没有备份文件「%s」", path).Because(err)
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

func noFolder(err error, dir string) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Newf(fault.NotFound, "backup-folder-missing", "请先建立该目录,或指定另一个位置", "没有目录「%s」", dir).Because(err)
	}
	return err
}

func noSpace(err error, dir string) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fault.Newf(fault.Conflict, "backup-disk-full", "请清理磁盘或指定另一个位置", "目录「%s」所在磁盘空间不足,备份没有完成,原有的备份文件不受影响", dir).Because(err)
	}
	return err
}
