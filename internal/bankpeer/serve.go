package bankpeer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// fileMost bounds a batch that comes by HTTP.
const fileMost = 64 << 20

// Handler serves the bank over HTTP; who may speak to it is settled by mutual TLS before. POST /batches/NAME takes a batch
// and says 202, or 422 with the sentence; GET /answers gives the names of answers that are there, GET /answers/NAME one of
// them; POST /night lets a night pass; GET /statement gives the statement.
func (b *Bank) Handler() http.Handler {
	answers := map[string][]byte{}
	keep := func(all []Answer) {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, a := range all {
			answers[a.Name] = a.Data
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /batches/{name}", func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, fileMost))
		if err == nil {
			var all []Answer
			if all, err = b.Take(r.PathValue("name"), data); err == nil {
				keep(all)
				w.WriteHeader(http.StatusAccepted)
				return
			}
		}
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
	})
	mux.HandleFunc("POST /night", func(w http.ResponseWriter, _ *http.Request) { keep(b.Night()) })
	mux.HandleFunc("GET /answers", func(w http.ResponseWriter, _ *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		for name := range answers {
			fmt.Fprintln(w, name)
		}
	})
	mux.HandleFunc("GET /answers/{name}", func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		data, ok := answers[r.PathValue("name")]
		b.mu.Unlock()
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(data) // who hung up does not read it
	})
	mux.HandleFunc("GET /statement", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b.Statement()) })
	return mux
}

// Folder works through what lies in DIR/in: each batch goes to DIR/done, its answers to DIR/out, and the sentence that
// refuses one to DIR/out under its name with .refused. The statement stands in DIR/statement.csv. Files are laid down under
// another name first, so that nobody reads half of one.
func (b *Bank) Folder(dir string) error {
	for _, sub := range []string{"in", "out", "done"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, "in"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, "in", e.Name()))
		if err != nil {
			return err
		}
		all, refused := b.Take(e.Name(), data)
		if refused != nil {
			all = []Answer{{Name: e.Name() + ".refused", Data: []byte(refused.Error() + "\n")}}
		}
		for _, a := range all {
			if err := lay(filepath.Join(dir, "out", a.Name), a.Data); err != nil {
				return err
			}
		}
		if err := os.Rename(filepath.Join(dir, "in", e.Name()), filepath.Join(dir, "done", e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return lay(filepath.Join(dir, "statement.csv"), b.Statement())
}

func lay(path string, data []byte) error {
	half := filepath.Join(filepath.Dir(path), "."+filepath.Base(path))
	if err := os.WriteFile(half, data, 0o644); err != nil {
		return err
	}
	return os.Rename(half, path)
}
