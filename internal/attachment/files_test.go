package attachment_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/fault"
)

const pdf = "%PDF-1.7\n发票\n%%EOF\n"

func folder(t *testing.T) (*attachment.Files, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	files, err := attachment.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return files, dir
}

func archive(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// names lists the files of the folder, whatever their depth.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, d.Name())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPut_TellsKindsByContent(t *testing.T) {
	files, dir := folder(t)
	for name, c := range map[string]struct{ content, kind, fault string }{
		"pdf":           {pdf, attachment.PDF, ""},
		"jpeg":          {"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", attachment.JPEG, ""},
		"png":           {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", attachment.PNG, ""},
		"ofd":           {archive(t, "OFD.xml", "Doc_0/Document.xml"), attachment.OFD, ""},
		"xlsx":          {archive(t, "[Content_Types].xml", "xl/workbook.xml"), attachment.XLSX, ""},
		"macros":        {archive(t, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "", "attachment-macros"},
		"docx":          {archive(t, "[Content_Types].xml", "word/document.xml"), "", "attachment-kind"},
		"cut archive":   {archive(t, "OFD.xml")[:40], "", "attachment-damaged"},
		"heic":          {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "", "attachment-heic"},
		"html":          {"<html><script>", "", "attachment-kind"},
		"program":       {"MZ\x90\x00\x03", "", "attachment-kind"},
		"short":         {"%", "", "attachment-kind"},
		"empty":         {"", "", "attachment-empty"},
		"over the most": {pdf + strings.Repeat("x", 1<<20), "", "attachment-too-large"},
	} {
		f, err := files.Put(context.Background(), strings.NewReader(c.content), 1<<20)
		if c.fault != "" {
			if !fault.HasCode(err, c.fault) || fault.As(err).Hint == "" || fault.As(err).Field != "file" {
				t.Errorf("%s: got %v, want %s", name, err, c.fault)
			}
			continue
		}
		sum := sha256.Sum256([]byte(c.content))
		if err != nil || f.MediaType != c.kind || f.Bytes != int64(len(c.content)) || f.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: got %+v, %v", name, f, err)
		}
		if attachment.Title(f.MediaType) == "" {
			t.Errorf("%s has no title", name)
		}
	}
	if got := names(t, dir); len(got) != 5 {
		t.Errorf("the folder holds %v: refused files leave nothing", got)
	}
}

func TestPut_ExactlyTheMost(t *testing.T) {
	files, _ := folder(t)
	if _, err := files.Put(context.Background(), strings.NewReader(pdf), int64(len(pdf))); err != nil {
		t.Error(err)
	}
}

func TestPut_EndsWithItsRequest(t *testing.T) {
	files, dir := folder(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := files.Put(ctx, strings.NewReader(pdf), 1<<20); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("the folder holds %v", got)
	}
}

func TestOpen_RefusesWhatWasChanged(t *testing.T) {
	files, dir := folder(t)
	f, err := files.Put(context.Background(), strings.NewReader(pdf), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	read := func() (string, error) {
		r, err := files.Open(f.SHA256)
		if err != nil {
			return "", err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		return string(b), err
	}
	if got, err := read(); got != pdf || err != nil {
		t.Errorf("read %q, %v", got, err)
	}
	at := filepath.Join(dir, f.SHA256[:2], f.SHA256)
	if err := os.WriteFile(at, []byte(strings.Replace(pdf, "7", "4", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := read(); !fault.HasCode(err, "attachment-changed") {
		t.Errorf("a changed file: %v", err)
	}
	if _, err := files.Put(context.Background(), strings.NewReader(pdf), 1<<20); err != nil {
		t.Fatal(err)
	}
	if got, err := read(); got != pdf || err != nil {
		t.Errorf("uploaded again it reads %q, %v", got, err)
	}
	if err := os.Remove(at); err != nil {
		t.Fatal(err)
	}
	for _, sha := range []string{f.SHA256, "", "../../etc/passwd", strings.Repeat("g", 64)} {
		if _, err := files.Open(sha); !fault.HasCode(err, "attachment-file-missing") {
			t.Errorf("%q: %v", sha, err)
		}
	}
}

// full is a disk that takes nothing more.
type full struct{}

func (full) Read([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: ".incoming", Err: syscall.ENOSPC}
}

// TestPut_FullDisk: the person reads what the database says of a full disk, and nothing half-written stays.
func TestPut_FullDisk(t *testing.T) {
	files, dir := folder(t)
	_, err := files.Put(context.Background(), full{}, 1<<20)
	f := fault.As(err)
	if f == nil || f.Code != "disk-full" || f.Kind != fault.Conflict || !strings.Contains(f.Message, "磁盘空间不足") {
		t.Errorf("a full disk gives %v", err)
	}
	if left := names(t, dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
