// Package web serves the pages: it turns requests into steps of the domain, and what the domain says into pages.
//
// It keeps these invariants:
//
//   - every route stands in one table with the right that it takes; a route without one cannot be registered, and the
//     domain checks again in the step, for the unit concerned;
//   - what belongs to a unit over which a person has no role is, to him, not there (404);
//   - every form works without script, carries the token of its session and can be sent twice;
//   - no page asks another server for anything, and none has inline script or style.
//
// Only this package turns a kind of fault into a status and a page. What it does not know is shown as a reference
// number and written to the log.
package web

import (
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// Config is what the pages need.
type Config struct {
	DB        *store.DB
	County    int64          // the county that is served; 0: those of the database, chosen when signing in
	Keys      *identity.Keys // of personal identifiers
	Files     string         // folder of attachments; empty: none can be added
	StartCode string         // who knows it makes the first county; empty: there is one
	Demo      bool           // the invented county: people sign in with one click
	TLS       bool           // the connection is encrypted, so that cookies never leave it
	Log       *slog.Logger
	Clock     func() time.Time // the system's where nil
}

// bodyMost bounds what a form may send; fileMost a form with a file.
const (
	bodyMost = 1 << 20
	fileMost = 64 << 20
)

type server struct {
	Config
	files   *attachment.Files // nil: none can be added
	static  *staticFiles
	views   *views
	metrics *metrics
	rights  map[string]right // of pages, by path
	drawing chan struct{}    // held while sheets are drawn
	running sync.Map         // counties that have posted a voucher
	beside  sync.Map         // by login: besideVouchers
	checked checkedFiles     // to be imported without being chosen again
	started atomic.Bool      // the first county has been made
}

// New gives the handler of every page.
func New(c Config) (http.Handler, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	static, err := loadStatic()
	if err != nil {
		return nil, err
	}
	views, err := loadViews(static)
	if err != nil {
		return nil, err
	}
	s := &server{Config: c, static: static, views: views, metrics: newMetrics(), rights: map[string]right{}, drawing: make(chan struct{}, 1)}
	if c.Files != "" {
		if s.files, err = attachment.OpenFolder(c.Files); err != nil {
			return nil, err
		}
	}
	mux := http.NewServeMux()
	for _, rt := range routes(c) {
		s.register(mux, rt)
		if rt.show != nil {
			s.rights[strings.TrimPrefix(rt.pattern, "GET ")] = rt.right
		}
	}
	mux.HandleFunc("GET /static/", s.serveStatic)
	mux.HandleFunc("/", s.unknown)
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(s.crossOrigin))
	return s.secure(s.recoverPanics(foreign.Handler(mux))), nil
}

// Tune suits the program to answering pages; the function that it gives puts things back.
//
// Half as many collections save a tenth of the work for some 30 MB: what a request allocates is dead once it is answered.
//
// Twice as many threads as processors run Go code. With as many, an account that somebody looks up while typing waits
// until the pages being made reach the end of their ten milliseconds, and again for its bytes to be noticed; with a thread
// to spare the operating system lets it go first. Letting pages wait for one another instead was tried and was worse.
func Tune() (restore func()) {
	percent := debug.SetGCPercent(200)
	threads := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(2 * threads)
	return func() {
		debug.SetGCPercent(percent)
		runtime.GOMAXPROCS(threads)
	}
}

// Server gives an http.Server with the time limits that suit the pages: a slow line may take a minute to send a file,
// an idle connection goes after two.
func Server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
}

// policy lets a page load its own style, script and pictures, and show its own files beside it, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// secure sets what every answer says to the browser.
func (s *server) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if s.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
