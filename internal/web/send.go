package web

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/fault"
)

// packLeast is the smallest answer that is worth compressing.
const packLeast = 1000

// send writes an answer.
func (c *call) send(a answer) {
	c.keepPlace()
	switch {
	case a.to != "" && c.wantsData():
		c.send(answer{data: sent{To: a.to}})
	case a.to != "":
		http.Redirect(c.w, c.r, a.to, http.StatusSeeOther)
	case a.file != nil:
		h := c.w.Header()
		how := "attachment"
		if a.file.inline {
			how = "inline"
			h.Set("Content-Security-Policy", filePolicy(a.file.media))
		}
		h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": a.file.name}))
		if a.file.laid != nil {
			c.sendLaid(a.file)
			return
		}
		write(c.w, c.r, http.StatusOK, a.file.media, a.file.body)
	case a.plain != nil:
		write(c.w, c.r, http.StatusOK, "text/plain; charset=utf-8", a.plain)
	case a.data != nil:
		body, err := json.Marshal(a.data)
		if err != nil {
			c.fail(err)
			return
		}
		write(c.w, c.r, cmp.Or(a.status, http.StatusOK), "application/json", body)
	default:
		if a.status == 0 {
			a.status = http.StatusOK
		}
		body, err := c.server.views.render(a.view, a.part, a.page)
		if err != nil {
			c.fail(err)
			return
		}
		write(c.w, c.r, a.status, "text/html; charset=utf-8", body)
	}
}

// write answers with a body that is of this moment and this person.
func write(w http.ResponseWriter, r *http.Request, status int, media string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", "no-store")
	if len(body) >= packLeast && acceptsGzip(r) && (media == "application/json" || strings.HasPrefix(media, "text/")) {
		if packed, err := pack(body); err == nil {
			h.Set("Content-Encoding", "gzip")
			h.Set("Vary", "Accept-Encoding")
			body = packed
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid, fault.Refused:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	default:
		return http.StatusInternalServerError
	}
}

// say is a refusal as pages show it: what is wrong, and the way out.
type say struct {
	Message string
	Hint    string
	Field   string
}

func sayFault(f *fault.Error) *say { return &say{Message: f.Message, Hint: f.Hint, Field: f.Field} }

// filePolicy keeps a file that the browser shows from doing anything. The browser's own viewer of PDF does not open in a
// sandbox; it runs no script of the file with the rights of the page.
func filePolicy(media string) string {
	if media == attachment.PDF {
		return "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
	}
	return "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
}

// wantsData tells whether a script asks, which reads json instead of a page.
func (c *call) wantsData() bool {
	return strings.HasPrefix(c.r.Header.Get("Accept"), "application/json")
}

// tell answers a script with a refusal in words; anything else fails as a page does.
func tell(err error) (answer, error) {
	f := fault.As(err)
	if f == nil || f.Kind == fault.NotFound || f.Kind == fault.Forbidden {
		return answer{}, err
	}
	return answer{status: statusOf(f.Kind), data: refusal{Message: f.Message + "。" + f.Hint, Field: f.Field}}, nil
}

// refusal is what a script shows.
type refusal struct {
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
}

// sent is where a script goes on to after what it sent was taken.
type sent struct {
	To string `json:"to"`
}

// failData is fail for a script. A session that is over is 401, so that nothing is lost by following to a page.
func (c *call) failData(err error) {
	status, said := http.StatusInternalServerError, refusal{}
	switch f := fault.As(err); {
	case errors.Is(err, errSignIn):
		status, said.Message = http.StatusUnauthorized, "登录已过期,请重新登录"
	case errors.Is(err, errChangePassword):
		status, said.Message = http.StatusUnauthorized, "请先修改密码"
	case f != nil:
		status, said = statusOf(f.Kind), refusal{Message: f.Message + "。" + f.Hint, Field: f.Field}
	default:
		said.Message = c.logged(err) + "。本次操作没有保存;请稍后重试,仍不行请把编号告诉系统管理员"
	}
	body, err := json.Marshal(said)
	if err != nil {
		panic(err) // two texts
	}
	write(c.w, c.r, status, "application/json", body)
}

// logged writes what nobody foresaw to the log, and gives the sentence with the number to ask for.
func (c *call) logged(err error) string {
	ref := reference(c.server.Clock())
	c.server.Log.Error("request failed", "ref", ref, "route", c.route.pattern, "path", c.r.URL.Path, "error", err)
	return "程序出错,编号 " + ref
}

// errorPage shows a refusal where there is no form to show it on.
type errorPage struct {
	Base
	Back string
}

// fail turns an error into a page: a fault into its status and sentence, anything else into a reference number.
func (c *call) fail(err error) {
	if c.wantsData() {
		c.failData(err)
		return
	}
	switch {
	case errors.Is(err, errSignIn):
		http.Redirect(c.w, c.r, "/sign-in?next="+url.QueryEscape(c.returnTo()), http.StatusSeeOther)
		return
	case errors.Is(err, errChangePassword):
		http.Redirect(c.w, c.r, "/password", http.StatusSeeOther)
		return
	}
	p := &errorPage{Base: Base{Title: "办不了"}, Back: c.back()}
	status := http.StatusInternalServerError
	if f := fault.As(err); f != nil {
		status = statusOf(f.Kind)
		p.Say = sayFault(f)
		if f.Kind == fault.NotFound {
			p.Title = "没有找到"
		}
	} else {
		p.Title = "出错了"
		p.Say = &say{Message: c.logged(err), Hint: "本次操作没有保存;请稍后重试,仍不行请把编号告诉系统管理员"}
	}
	if c.in {
		if err := c.read(c.furnishError(p)); err != nil {
			c.server.Log.Error("error page", "error", err)
		}
	}
	body, err := c.server.views.render("base/error", "", p)
	if err != nil {
		c.server.Log.Error("error page", "error", err)
		http.Error(c.w, p.Say.Message, status)
		return
	}
	write(c.w, c.r, status, "text/html; charset=utf-8", body)
}

// returnTo is where a person goes on after signing in, or back to from a refusal: the page itself, or the page whose
// form was sent.
func (c *call) returnTo() string {
	if c.r.Method == http.MethodGet {
		return c.r.URL.RequestURI()
	}
	u, err := url.Parse(c.r.Referer())
	if err != nil || u.Host != c.r.Host {
		return "/"
	}
	return u.RequestURI()
}

// back is the page that a person came from, for the button under a refusal.
func (c *call) back() string {
	u, err := url.Parse(c.r.Referer())
	if err != nil || u.Host != c.r.Host || u.Path == c.r.URL.Path {
		return "/"
	}
	return localPath(u.RequestURI())
}

// reference is a number that a person can read out on the telephone and the log can be searched for.
func reference(now time.Time) string {
	b := make([]byte, 3)
	rand.Read(b)
	return fmt.Sprintf("%s-%X", now.UTC().Format("0102150405"), b)
}

// unknown answers for every address that is no route.
func (s *server) unknown(w http.ResponseWriter, r *http.Request) {
	s.counted("unknown", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{server: s, w: w, r: r, route: route{title: "没有找到", right: public}}
		if err := c.read(c.enter); err != nil {
			s.Log.Error("session", "error", err)
		}
		c.fail(notThere())
	})).ServeHTTP(w, r)
}

// crossOrigin answers a form that another site sent.
func (s *server) crossOrigin(w http.ResponseWriter, r *http.Request) {
	c := &call{server: s, w: w, r: r, route: route{title: "办不了", right: public}}
	c.fail(fault.New(fault.Forbidden, "cross-origin", "这个表单不是从本系统的页面提交的", "请在本系统中打开页面后重新提交"))
}

// recoverPanics keeps one broken request from ending the program; the page shows a reference number.
func (s *server) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil || p == http.ErrAbortHandler {
				return
			}
			c := &call{server: s, w: w, r: r, route: route{title: "出错了", right: public}}
			c.fail(fmt.Errorf("web: panic: %v\n%s", p, bytes.TrimSpace(debug.Stack())))
		}()
		next.ServeHTTP(w, r)
	})
}
