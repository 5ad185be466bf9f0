package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// opened is an archive whose directory agrees with its manifest.
type opened struct {
	Manifest
	tables []*zip.File // in the manifest's order
	files  []*zip.File
	keys   *zip.File // nil: left out
}

// Verify reads the whole archive and compares every part with the manifest.
func Verify(ctx context.Context, r io.ReaderAt, size int64) (Manifest, error) {
	a, err := open(ctx, r, size)
	if err != nil {
		return Manifest{}, fmt.Errorf("archive.Verify: %w", err)
	}
	return a.Manifest, nil
}

func open(ctx context.Context, r io.ReaderAt, size int64) (*opened, error) {
	z, err := zip.NewReader(r, size)
	if err == nil {
		err = nothingBeside(r, size, z)
	}
	if err != nil {
		return nil, broken(err)
	}
	text, err := manifestText(z)
	if err != nil {
		return nil, broken(err)
	}
	m, err := parseManifest(text)
	if err != nil {
		return nil, err
	}
	a := &opened{Manifest: m}
	if err := a.assign(z.File); err != nil {
		return nil, broken(err)
	}
	if err := a.compare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, broken(err)
	}
	return a, nil
}

// nothingBeside refuses bytes before the first part, behind the end record, or between the directory and it, which a zip
// reader passes over. The layout is that of PKWARE's APPNOTE, 4.3.
func nothingBeside(r io.ReaderAt, size int64, z *zip.Reader) error {
	const headBytes, endBytes, locatorBytes, end64Bytes = 30, 22, 20, 56
	if len(z.File) == 0 {
		return errors.New("empty")
	}
	head, tail := make([]byte, headBytes), make([]byte, locatorBytes+endBytes+len(z.Comment))
	if _, err := r.ReadAt(head, 0); err != nil {
		return err
	}
	if n, err := r.ReadAt(tail, size-int64(len(tail))); n < len(tail) { // at the end a reader may say EOF with all bytes read
		return err
	}
	first, err := z.File[0].DataOffset()
	if err != nil {
		return err
	}
	little := binary.LittleEndian
	names := int64(little.Uint16(head[26:])) + int64(little.Uint16(head[28:]))
	locator, end := tail[:locatorBytes], tail[locatorBytes:]
	bytesUsed := int64(little.Uint32(end[12:])) + int64(little.Uint32(end[16:])) + endBytes + int64(len(z.Comment))
	if string(locator[:4]) == "PK\x06\x07" { // a large archive keeps its offsets in a record of 64 bits
		bytesUsed = int64(little.Uint64(locator[8:])) + end64Bytes + int64(len(tail))
	}
	if first != headBytes+names || string(end[:4]) != "PK\x05\x06" || string(end[endBytes:]) != z.Comment || bytesUsed != size {
		return errors.New("bytes beside the archive")
	}
	return nil
}

func manifestText(z *zip.Reader) ([]byte, error) {
	sum, ok := strings.CutPrefix(z.Comment, commentStart)
	if !ok || len(z.File) == 0 || z.File[len(z.File)-1].Name != manifestName {
		return nil, errors.New("no manifest at the end")
	}
	f, err := z.File[len(z.File)-1].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, manifestMost))
	if err != nil {
		return nil, err
	}
	if found := sha256.Sum256(text); hex.EncodeToString(found[:]) != sum {
		return nil, errors.New("the manifest was altered")
	}
	return text, nil
}

// assign finds every part of the manifest and refuses one too many.
func (a *opened) assign(files []*zip.File) error {
	byName := map[string]*zip.File{}
	for _, f := range files[:len(files)-1] {
		if byName[f.Name] != nil {
			return fmt.Errorf("two parts named %q", f.Name)
		}
		byName[f.Name] = f
		if sha, ok := strings.CutPrefix(f.Name, filesFolder); ok {
			if !sha256Name.MatchString(sha) {
				return fmt.Errorf("a file named %q", f.Name)
			}
			a.files = append(a.files, f)
		}
	}
	for _, t := range a.Tables {
		f := byName[t.Name]
		if f == nil || t.Name != tablePart(t.Table) {
			return fmt.Errorf("no part %q", t.Name)
		}
		a.tables = append(a.tables, f)
	}
	want := len(a.tables) + len(a.files)
	if a.Keys != nil {
		if a.keys = byName[a.Keys.Name]; a.keys == nil || a.Keys.Name != keysName {
			return fmt.Errorf("no part %q", a.Keys.Name)
		}
		want++
	}
	if len(byName) != want || len(a.files) != a.Files.Count {
		return fmt.Errorf("%d parts and %d files, the manifest has %d and %d", len(byName), len(a.files), want, a.Files.Count)
	}
	return nil
}

func (a *opened) compare(ctx context.Context) error {
	for i, t := range a.Tables {
		lines, err := compare(ctx, a.tables[i], t.Part)
		if err == nil && lines != t.Rows {
			err = fmt.Errorf("%d rows, want %d", lines, t.Rows)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	var sum int64
	for _, f := range a.files {
		part := Part{Name: f.Name, Bytes: int64(f.UncompressedSize64), SHA256: f.Name[len(filesFolder):]}
		if _, err := compare(ctx, f, part); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		sum += part.Bytes
	}
	if sum != a.Files.Bytes {
		return fmt.Errorf("files of %d bytes, want %d", sum, a.Files.Bytes)
	}
	if a.Keys == nil {
		return nil
	}
	_, err := compare(ctx, a.keys, *a.Keys)
	return err
}

// compare reads a part and gives the number of its lines.
func compare(ctx context.Context, f *zip.File, want Part) (lines int64, err error) {
	r, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	h := sha256.New()
	buffer := make([]byte, chunkBytes)
	var n int64
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		got, err := r.Read(buffer)
		n += int64(got)
		if n > want.Bytes { // never read further than the manifest says
			return 0, fmt.Errorf("longer than %d bytes", want.Bytes)
		}
		h.Write(buffer[:got])
		lines += int64(bytes.Count(buffer[:got], []byte{'\n'}))
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, err
		}
	}
	if n != want.Bytes || hex.EncodeToString(h.Sum(nil)) != want.SHA256 {
		return 0, errors.New("the content was altered")
	}
	return lines, nil
}
