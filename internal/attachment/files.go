// Package attachment keeps the originals behind documents: files named by the SHA-256 of their content, and rows that
// say which document a file belongs to.
//
// A file is written and made durable before its row, so that a row never names a file that is not there; a file whose
// row was refused is harmless. Files are never changed. A row goes only while its document is still being written, and the
// file with the last row that names it. Reading checks the hash: what was changed on the disk is refused, not shown.
package attachment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Files is the folder of a server's files. It is safe for concurrent use.
type Files struct {
	dir     string
	erasing sync.RWMutex // read-held from Put until the row that names the file is committed
}

// File is a file that the folder holds.
type File struct {
	SHA256    string // hex, names the file
	Bytes     int64
	MediaType string
}

// OpenFolder opens the folder and makes it where it is missing.
func OpenFolder(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("attachment.OpenFolder: %w", err)
	}
	return &Files{dir: dir}, nil
}

// path spreads the files over 256 folders, so that none grows too long to be listed.
func (s *Files) path(sha string) string { return filepath.Join(s.dir, sha[:2], sha) }

// Put keeps what r gives, up to most bytes, and returns once it is durable. The kind of file is read from its content,
// never from its name.
func (s *Files) Put(ctx context.Context, r io.Reader, most int64) (File, error) {
	temp, err := os.CreateTemp(s.dir, ".incoming-*")
	if err != nil {
		return File{}, fmt.Errorf("attachment.Put: %w", DiskFull(err))
	}
	defer os.Remove(temp.Name()) // gone already where it was renamed
	defer temp.Close()           // closed already where it was kept
	f, err := receive(ctx, temp, r, most)
	if err != nil {
		return File{}, err
	}
	if f.MediaType, err = sniff(temp, f.Bytes); err != nil {
		return File{}, err
	}
	if err := s.keep(temp, f); err != nil {
		return File{}, fmt.Errorf("attachment.Put %s: %w", f.SHA256, DiskFull(err))
	}
	return f, nil
}

// Hold keeps files from being erased until release is called: whoever puts a file holds it until a row names it.
func (s *Files) Hold() (release func()) {
	s.erasing.RLock()
	return s.erasing.RUnlock
}

// Erase removes a file unless a row names it, which named tells while nobody puts one. A file that is not there is gone.
func (s *Files) Erase(sha string, named func() (bool, error)) error {
	if !isSHA256(sha) {
		return missing(sha)
	}
	s.erasing.Lock()
	defer s.erasing.Unlock()
	if yes, err := named(); err != nil || yes {
		return err
	}
	if err := os.Remove(s.path(sha)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("attachment.Erase %s: %w", sha, err)
	}
	return nil
}

// DiskFull gives the refusal of a full disk, in the words in which the database gives it; any other error stays as it is.
func DiskFull(err error) error {
	if !errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return fault.New(fault.Conflict, "disk-full", "磁盘空间不足,本次操作没有保存,已保存的数据不受影响", "请清理磁盘空间后重试").Because(err)
}

// receive copies r into the temporary file and hashes it on the way.
func receive(ctx context.Context, temp *os.File, r io.Reader, most int64) (File, error) {
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(temp, hash), io.LimitReader(reader{ctx, r}, most+1))
	switch {
	case err != nil:
		return File{}, fmt.Errorf("attachment.Put: %w", DiskFull(err))
	case n > most:
		return File{}, fault.Newf(fault.Invalid, "attachment-too-large", "请压缩图片或分成几个文件再上传",
			"文件超过 %d MB 的上限", most>>20).In("file")
	case n == 0:
		return File{}, fault.New(fault.Invalid, "attachment-empty", "文件是空的", "请核对后重新选择文件").In("file")
	}
	return File{SHA256: hex.EncodeToString(hash.Sum(nil)), Bytes: n}, nil
}

// reader ends when its request does.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// keep gives a temporary file its name, durably. A file of the same name has the same content, or is damaged and
// mended by this.
func (s *Files) keep(temp *os.File, f File) error {
	if err := errors.Join(temp.Sync(), temp.Close()); err != nil {
		return err
	}
	folder := filepath.Dir(s.path(f.SHA256))
	if err := os.Mkdir(folder, 0o700); err == nil {
		if err := store.SyncFolder(s.dir); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(temp.Name(), s.path(f.SHA256)); err != nil {
		return err
	}
	return store.SyncFolder(folder)
}

// Open gives a file from its beginning after its content was compared with its name. The caller closes it.
func (s *Files) Open(sha string) (io.ReadSeekCloser, error) {
	if !isSHA256(sha) {
		return nil, missing(sha)
	}
	f, err := os.Open(s.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(sha)
	}
	if err != nil {
		return nil, fmt.Errorf("attachment.Open %s: %w", sha, err)
	}
	hash := sha256.New()
	_, err = io.Copy(hash, f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("attachment.Open %s: %w", sha, err), f.Close())
	}
	if hex.EncodeToString(hash.Sum(nil)) != sha {
		return nil, errors.Join(fault.Newf(fault.Refused, "attachment-changed", "请从备份恢复该文件,或由经办人重新上传原件",
			"附件文件 %s… 的内容与登记的摘要不符,已被改动或损坏", sha[:12]), f.Close())
	}
	return f, nil
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

func missing(sha string) error {
	if len(sha) > 12 {
		sha = sha[:12] + "…"
	}
	return fault.Newf(fault.NotFound, "attachment-file-missing", "请从备份恢复附件目录", "附件目录中没有文件 %s", sha)
}
