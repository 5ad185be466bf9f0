package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed static
var staticFS embed.FS

// staticFile is one file as it is served, compressed once.
type staticFile struct {
	media  string
	plain  []byte
	packed []byte
	url    string
}

// staticFiles serves style, script and pictures under addresses that change with their content, so that a browser
// keeps them for good.
type staticFiles struct {
	files map[string]*staticFile
}

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

func loadStatic() (*staticFiles, error) {
	s := &staticFiles{files: map[string]*staticFile{}}
	err := fs.WalkDir(staticFS, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := staticFS.ReadFile(name)
		if err != nil {
			return err
		}
		media, ok := mediaTypes[path.Ext(name)]
		if !ok {
			return fmt.Errorf("web: %s: no media type for this kind of file", name)
		}
		packed, err := pack(content)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		name = strings.TrimPrefix(name, "static/")
		s.files[name] = &staticFile{
			media: media, plain: content, packed: packed, url: "/static/" + hex.EncodeToString(sum[:5]) + "/" + name,
		}
		return nil
	})
	return s, err
}

// url gives the address under which pages ask for a file.
func (s *staticFiles) url(name string) (string, error) {
	f, ok := s.files[name]
	if !ok {
		return "", fmt.Errorf("web: no static file %s", name)
	}
	return f.url, nil
}

func (s *server) serveStatic(w http.ResponseWriter, r *http.Request) {
	_, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
	f, ok := s.static.files[name]
	if !ok {
		s.unknown(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.media)
	h.Set("Vary", "Accept-Encoding")
	if r.URL.Path == f.url {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache") // an older page, still open after an update
	}
	body := f.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	w.Write(body)
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// packers are kept between answers: a new one allocates most of a megabyte.
var packers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func pack(content []byte) ([]byte, error) {
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	var b bytes.Buffer
	z.Reset(&b)
	if _, err := z.Write(content); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
