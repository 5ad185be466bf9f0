package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// filePath is where the folder of originals keeps a file: spread over 256 folders by the first byte of its name.
func filePath(folder, sha string) string { return filepath.Join(folder, sha[:2], sha) }

// files writes the originals that the snapshot's rows name. They are durable before their rows and never change, so
// that a snapshot of the rows is one of the files. One that is lost does not cost the rest: the manifest names it.
func (b *backup) files(s store.Schema) error {
	if !slices.ContainsFunc(s.Tables, func(t store.SchemaTable) bool { return t.Name == "attachment" }) {
		return nil
	}
	rows, err := b.tx.Query(`select distinct sha256 from attachment order by sha256`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var sha string
		if err := rows.Scan(&sha); err != nil {
			return err
		}
		if err := b.ctx.Err(); err != nil {
			return err
		}
		if err := b.file(sha); err != nil {
			return err
		}
		b.o.Progress.tell("files", int64(b.m.Files.Count))
	}
	return rows.Err()
}

func (b *backup) file(sha string) error {
	if b.o.Files == "" || !sha256Name.MatchString(sha) {
		b.m.Files.Lost = append(b.m.Files.Lost, sha)
		return nil
	}
	path := filePath(b.o.Files, sha)
	found, err := hashFile(path) // before its entry is begun, which could not be taken back
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if found != sha {
		b.m.Files.Lost = append(b.m.Files.Lost, sha)
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := b.create(filesFolder+sha, zip.Store) // pictures and office files are compressed already
	if err != nil {
		return err
	}
	if _, err := io.Copy(p, f); err != nil {
		return err
	}
	if p.part().SHA256 != sha {
		return fault.Newf(fault.Conflict, "backup-file-changed", "请核对附件目录后重新备份", "附件文件 %s… 在备份过程中被改动", sha[:12])
	}
	b.m.Files.Count++
	b.m.Files.Bytes += p.n
	return nil
}

// hashFile gives the SHA-256 of a file.
func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// placed are the files that a restore has put into folders; taken back when it fails.
type placed []string

func (p *placed) takeBack() error {
	var errs []error
	for _, path := range *p {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// put makes a new file durably under its final name.
func (p *placed) put(path string, from io.Reader) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".restore-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // gone already where it was renamed
	_, err = io.Copy(temp, from)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	*p = append(*p, path)
	return nil
}

// syncFolders makes the new names durable.
func (p *placed) syncFolders() error {
	done := map[string]bool{}
	for _, path := range *p {
		for _, dir := range []string{filepath.Dir(path), filepath.Dir(filepath.Dir(path))} {
			if done[dir] {
				continue
			}
			done[dir] = true
			if err := store.SyncFolder(dir); err != nil {
				return err
			}
		}
	}
	return nil
}

// restoreFiles puts the originals into their folder. A sound file that is there is kept.
func restoreFiles(ctx context.Context, a *opened, folder string, tell Progress, into *placed) error {
	for i, f := range a.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		sha := f.Name[len(filesFolder):]
		path := filePath(folder, sha)
		if found, err := hashFile(path); err == nil && found == sha {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return broken(err)
		}
		if err := errors.Join(into.put(path, r), r.Close()); err != nil {
			return err
		}
		tell.tell("files", int64(i+1))
	}
	return nil
}
