package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// call is one request on its way through.
type call struct {
	server  *server
	w       http.ResponseWriter
	r       *http.Request
	route   route
	actor   identity.Actor
	session identity.Session
	in      bool  // signed in
	ended   error // why the session that the cookie names is over
	stale   bool  // the session's last use is to be written

	place    place        // where the person works, as the browser keeps it
	placeWas string       // what the browser has
	here     *ledger.Book // the book that the page is about
	books    int          // how many the person may look into, where the page has counted them
	listed   []todo       // things to do, where the page has listed them; else nil
}

// answer is what a route gives: a page, a place to go, or a file.
type answer struct {
	status int // 200 where 0
	view   string
	part   string // a piece of the view without the frame, for a script that asks for it
	page   page
	to     string
	file   *file
	plain  []byte // text for machines
	data   any    // json for the page's own script
}

// file is a download.
type file struct {
	name   string
	media  string
	body   []byte
	draw   func() ([]byte, error) // makes the body once the reading has ended; nil: it is there
	laid   *os.File               // the body on the disk, gone when it was sent; nil: it is in memory
	inline bool                   // shown by the browser
}

func show(view string, p page) (answer, error) { return answer{view: view, page: p}, nil }

// redraw shows a form again with what was typed and what is wrong with it.
func redraw(view string, p page, err error) (answer, error) {
	f := fault.As(err)
	if f == nil {
		return answer{}, err
	}
	p.base().Say = sayFault(f)
	return answer{status: statusOf(f.Kind), view: view, page: p}, nil
}

// formAgain shows a form after its step was refused: read makes its page as it stands now, typed puts back what was typed
// and may be nil. A refusal because the thing itself is not there, and what nobody foresaw, has no form to be shown on.
func formAgain[P page](c *call, view string, refused error, read func(tx *store.Tx) (P, error), typed func(p P)) (answer, error) {
	f := fault.As(refused)
	if f == nil || f.Kind == fault.NotFound && f.Field == "" {
		return answer{}, refused
	}
	var p P
	if err := c.read(func(tx *store.Tx) (err error) { p, err = read(tx); return err }); err != nil {
		return answer{}, refused // which says more than why the form cannot be read
	}
	if typed != nil {
		typed(p)
	}
	return redraw(view, p, refused)
}

func goTo(to string) (answer, error) { return answer{to: to}, nil }

var (
	errSignIn         = errors.New("web: not signed in")
	errChangePassword = errors.New("web: the password is to be changed")
)

// parse reads the form within its limits.
func (c *call) parse() error {
	if c.r.Method != http.MethodPost {
		return nil
	}
	var err error
	if strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/form-data") {
		err = c.r.ParseMultipartForm(4 << 20)
	} else {
		err = c.r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.Newf(fault.Invalid, "form-too-large", "请分几次提交", "提交的内容超过 %d MB", large.Limit>>20)
	case errors.Is(err, syscall.ENOSPC): // a file on its way in is laid down beside the memory
		return attachment.DiskFull(err)
	case err != nil:
		return fault.New(fault.Invalid, "form-malformed", "提交的内容不完整", "请刷新页面后重新提交").Because(err)
	}
	return nil
}

// form gives a field as typed, without blanks around it.
func (c *call) form(name string) string { return strings.TrimSpace(c.r.PostFormValue(name)) }

// query gives a parameter of the address.
func (c *call) query(name string) string { return strings.TrimSpace(c.r.URL.Query().Get(name)) }

// id reads an integer of the path; what is no integer is not there.
func (c *call) id(name string) (int64, error) {
	n, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil {
		return 0, notThere()
	}
	return n, nil
}

func notThere() error {
	return fault.New(fault.NotFound, "page-unknown", "没有这一页", "请从目录或待办中打开")
}

// number reads an integer that a form carries.
func (c *call) number(name string) int64 {
	n, err := strconv.ParseInt(c.form(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// period reads a month of the address, or gives the one otherwise meant. The month that a page is of is remembered.
func (c *call) period(name string, otherwise calendar.Period) (calendar.Period, error) {
	p, err := c.glance(name, otherwise)
	if err == nil && name == "period" && c.query(name) != "" {
		c.place.period = p
	}
	return p, err
}

// glance is period for a page that only looks something up there: the person goes on in the month that he works in.
func (c *call) glance(name string, otherwise calendar.Period) (calendar.Period, error) {
	text := c.query(name)
	if text == "" {
		return otherwise, nil
	}
	return calendar.ParsePeriod(text)
}

func (c *call) write(step func(tx *store.Tx) error) error {
	err := c.server.DB.Write(c.r.Context(), step)
	c.server.metrics.step(err)
	c.forget()
	return err
}

func (c *call) read(f func(tx *store.Tx) error) error { return c.server.DB.Read(c.r.Context(), f) }

// touch keeps the session's last use, at most once a minute.
func (c *call) touch() {
	if !c.stale {
		return
	}
	err := c.server.DB.Write(context.WithoutCancel(c.r.Context()), func(tx *store.Tx) error { return identity.Touch(tx, c.session) })
	if err != nil {
		c.server.Log.Warn("session not kept", "error", err)
	}
}

// cookieName binds the cookie to the host where the connection allows it.
func (s *server) cookieName() string {
	if s.TLS {
		return "__Host-xiangzhang"
	}
	return "xiangzhang"
}

func (c *call) cookie() string {
	k, err := c.r.Cookie(c.server.cookieName())
	if err != nil {
		return ""
	}
	return k.Value
}

// keep gives the browser a session's token; an empty one takes it away.
func (c *call) keep(token string) {
	k := &http.Cookie{
		Name: c.server.cookieName(), Value: token, Path: "/", HttpOnly: true, Secure: c.server.TLS, SameSite: http.SameSiteLaxMode,
	}
	if token == "" {
		k.MaxAge = -1
	}
	http.SetCookie(c.w, k)
}

// address is the client's, for the history of signing in.
func (c *call) address() string {
	host := c.r.RemoteAddr
	if at := strings.LastIndexByte(host, ':'); at > 0 {
		host = host[:at]
	}
	return strings.Trim(host, "[]")
}

// localPath accepts only a path of this server as a place to go on to.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
