package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// right says who may ask for a route. The zero right is nobody's and cannot be registered.
type right struct {
	public   bool            // without signing in
	signedIn bool            // whoever is signed in
	roles    []identity.Role // whoever holds one of them over any unit; the domain asks again for the unit concerned
}

var (
	public   = right{public: true}
	signedIn = right{signedIn: true}
)

func only(roles ...identity.Role) right { return right{roles: roles} }

// mergeRoles gives the roles of several lists, each once.
func mergeRoles(lists ...[]identity.Role) []identity.Role {
	all := slices.Concat(lists...)
	slices.Sort(all)
	return slices.Compact(all)
}

func (r right) declared() bool { return r.public || r.signedIn || len(r.roles) > 0 }

// allows tells whether the actor may ask at all.
func (r right) allows(a identity.Actor) bool {
	if r.public || r.signedIn {
		return true
	}
	return slices.ContainsFunc(a.Grants, func(g identity.Grant) bool { return slices.Contains(r.roles, g.Role) })
}

// route is one address. show reads, within one snapshot; do is for everything that writes.
type route struct {
	pattern string // "GET /books/{book}"
	title   string // of the page, and of the act in refusals
	right   right
	show    func(c *call, tx *store.Tx) (answer, error)
	do      func(c *call) (answer, error)
	large   bool   // takes a file
	under   string // the item of the list at the side that the page belongs to, where its address does not say so
	always  bool   // may be reached while the password is still to be changed
}

// register refuses what would be served to nobody knows whom.
func (s *server) register(mux *http.ServeMux, rt route) {
	if !rt.right.declared() {
		panic(fmt.Sprintf("web: route %q declares no right", rt.pattern))
	}
	if (rt.show == nil) == (rt.do == nil) || rt.title == "" {
		panic(fmt.Sprintf("web: route %q needs a title and one handler", rt.pattern))
	}
	mux.Handle(rt.pattern, s.counted(rt.pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handle(w, r, rt)
	})))
}

// handle finds out who asks, asks the declaration, and runs the route.
func (s *server) handle(w http.ResponseWriter, r *http.Request, rt route) {
	c := &call{server: s, w: w, r: r, route: rt}
	limit := int64(bodyMost)
	if rt.large {
		limit = fileMost
	}
	if r.Body != nil {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
	}
	var a answer
	err := c.parse()
	if err == nil {
		if rt.show != nil {
			err = s.DB.Read(r.Context(), func(tx *store.Tx) error {
				if err := c.enter(tx); err != nil {
					return err
				}
				var err error
				a, err = rt.show(c, tx)
				if err == nil {
					err = c.furnish(tx, a)
				}
				return err
			})
		} else {
			err = s.DB.Read(r.Context(), c.enter)
			if err == nil {
				a, err = rt.do(c)
			}
			if err == nil && a.page != nil {
				err = s.DB.Read(r.Context(), func(tx *store.Tx) error { return c.furnish(tx, a) })
			}
		}
	}
	if err == nil && a.file != nil && a.file.draw != nil {
		err = c.draw(a.file)
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.touch()
	c.send(a)
}

// enter resumes the session and asks the declaration of the route.
func (c *call) enter(tx *store.Tx) error {
	token := c.cookie()
	if token != "" {
		actor, session, err := identity.Resume(tx, token)
		switch {
		case err == nil && (c.server.County == 0 || session.County == c.server.County):
			c.actor, c.session, c.in = actor, session, true
			c.readPlace()
		case err == nil || fault.Is(err, fault.Forbidden):
			c.ended = err
		default:
			return err
		}
	}
	if c.in {
		c.stale = c.session.Stale(tx.Now)
	}
	if c.route.right.public {
		return nil
	}
	if !c.in {
		return errSignIn
	}
	if c.session.MustChange && !c.route.always {
		return errChangePassword
	}
	if !c.route.right.allows(c.actor) {
		return c.noRight()
	}
	if c.r.Method == http.MethodPost {
		return c.session.CheckCSRF(c.r.PostFormValue("csrf"))
	}
	return nil
}

func (c *call) noRight() error {
	names := make([]string, len(c.route.right.roles))
	for i, r := range c.route.right.roles {
		names[i] = r.Title()
	}
	return fault.Newf(fault.Forbidden, "role-missing", "可由"+strings.Join(names, "、")+"办理;需要时请安全管理员授权",
		"您没有「%s」的权限", c.route.title)
}
