package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
)

// line lies between the browser and the pages, and is cut where a test wants it.
type line struct {
	mu     sync.Mutex
	pages  http.Handler
	cut    cut
	broken bool // it has been cut at some time
}

// cut says when the line breaks under what is sent (not under what is read).
type cut int

const (
	whole      cut = iota
	beforeward     // before the server has it
	afterward      // after the server took it, before the browser learns of it
	everything     // the server is down
)

func (l *line) set(c cut) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut, l.broken = c, true
}

// restart puts a server with nothing in its memory in the place of the one before.
func (l *line) restart(pages http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages, l.cut = pages, whole
}

func (l *line) faulty() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.broken
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	pages, now := l.pages, l.cut
	l.mu.Unlock()
	switch {
	case now == everything, now == beforeward && r.Method == http.MethodPost:
		panic(http.ErrAbortHandler)
	case now == afterward && r.Method == http.MethodPost:
		pages.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
	pages.ServeHTTP(w, r)
}
