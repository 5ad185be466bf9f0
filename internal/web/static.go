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
	"regexp"
	"slices"
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
		return s.add(strings.TrimPrefix(name, "static/"), nil)
	})
	return s, err
}

// imported finds the module that a line of a module names.
var imported = regexp.MustCompile(`(?m)^(import [^"]*")\./([^"]+)(";)$`)

// add takes in a file, and first those that it imports: a module names another by its address, so that a change of the
// one changes the address of the other, and a browser keeps both for good. above are the modules that led here.
func (s *staticFiles) add(name string, above []string) error {
	if s.files[name] != nil {
		return nil
	}
	if slices.Contains(above, name) {
		return fmt.Errorf("web: modules import each other: %s", strings.Join(append(above, name), ", "))
	}
	content, err := staticFS.ReadFile("static/" + name)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	media, ok := mediaTypes[path.Ext(name)]
	if !ok {
		return fmt.Errorf("web: %s: no media type for this kind of file", name)
	}
	if path.Ext(name) == ".js" {
		for _, found := range imported.FindAllSubmatch(content, -1) {
			if err := s.add(path.Join(path.Dir(name), string(found[2])), append(above, name)); err != nil {
				return err
			}
		}
		content = imported.ReplaceAllFunc(content, func(line []byte) []byte {
			found := imported.FindSubmatch(line)
			return slices.Concat(found[1], []byte(s.files[path.Join(path.Dir(name), string(found[2]))].url), found[3])
		})
	}
	packed, err := pack(content)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	s.files[name] = &staticFile{
		media: media, plain: content, packed: packed, url: "/static/" + hex.EncodeToString(sum[:5]) + "/" + name,
	}
	return nil
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
