package web

import (
	"strconv"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// signRoutes are about signing in and out.
func signRoutes(c Config) []route {
	all := []route{
		{pattern: "GET /sign-in", title: "登录", right: public, show: showSignIn},
		{pattern: "POST /sign-in", title: "登录", right: public, do: signIn},
		{pattern: "POST /sign-out", title: "退出", right: signedIn, do: signOut, always: true},
		{pattern: "GET /password", title: "修改密码", right: signedIn, show: showPassword, always: true},
		{pattern: "POST /password", title: "修改密码", right: signedIn, do: changePassword, always: true},
	}
	if c.Demo {
		all = append(all, route{pattern: "POST /demo/sign-in", title: "演示登录", right: public, do: demoSignIn})
	}
	return all
}

// signInPage asks who is there.
type signInPage struct {
	Base
	Counties []org.Home
	Chosen   int64
	Name     string
	Next     string
	Each     []demoPerson // of the invented county: one of every role
	Offices  []demoOffice // and everybody, by unit
}

// demoOffice is a unit with the people who can be tried out.
type demoOffice struct {
	Unit   string
	People []demoPerson
}

// demoPerson is one person of the invented county.
type demoPerson struct {
	Login string
	Name  string
	Roles string
	Unit  string
}

func showSignIn(c *call, tx *store.Tx) (answer, error) {
	if c.in && !c.session.MustChange {
		return goTo(localPath(c.query("next")))
	}
	p := &signInPage{Next: localPath(c.query("next")), Name: c.query("name")}
	if f := fault.As(c.ended); f != nil && f.Code != "session-missing" {
		p.Say = sayFault(f)
	}
	return show("sign/in", p.filled(c, tx))
}

// filled reads the counties and, in a demonstration, its people; a page that cannot read them still asks for a name.
func (p *signInPage) filled(c *call, tx *store.Tx) *signInPage {
	all, err := org.Counties(tx)
	if err != nil {
		c.server.Log.Error("counties", "error", err)
	}
	for _, h := range all {
		if c.server.County == 0 || h.ID == c.server.County {
			p.Counties = append(p.Counties, h)
		}
	}
	if len(p.Counties) == 1 {
		p.County = p.Counties[0].Name
	}
	if c.server.Demo && len(p.Counties) > 0 {
		if p.Each, p.Offices, err = demoPeople(tx, p.Counties[0].ID); err != nil {
			c.server.Log.Error("people of the demonstration", "error", err)
		}
	}
	return p
}

// demoMost is how many people the sign-in page of a demonstration offers.
const demoMost = 400

func demoPeople(tx *store.Tx, county int64) ([]demoPerson, []demoOffice, error) {
	root, err := org.Root(tx, county)
	if err != nil {
		return nil, nil, err
	}
	logins, err := identity.ListLogins(tx, county, root.Path)
	if err != nil {
		return nil, nil, err
	}
	var out []demoOffice
	at := map[string]int{}
	count := 0
	for _, l := range logins {
		if len(l.Roles) == 0 || l.DisabledAt != "" || count >= demoMost {
			continue
		}
		a := identity.Actor{}
		for _, r := range l.Roles {
			a.Grants = append(a.Grants, r.Grant)
		}
		i, ok := at[l.UnitName]
		if !ok {
			i = len(out)
			at[l.UnitName] = i
			out = append(out, demoOffice{Unit: l.UnitName})
		}
		out[i].People = append(out[i].People, demoPerson{Login: l.Name, Name: l.PersonName, Roles: roleTitles(a), Unit: l.UnitName})
		count++
	}
	return oneOfEach(logins), out, nil
}

// oneOfEach picks somebody for every role, of the township with the most roles where it has one, so that they can work
// on the same books.
func oneOfEach(logins []identity.Login) []demoPerson {
	roles := map[int64]map[identity.Role]bool{} // by township
	township := func(r identity.Held) int64 {
		if ids := org.Ancestors(r.Path); len(ids) > 1 {
			return ids[1]
		}
		return 0
	}
	for _, l := range logins {
		for _, r := range l.Roles {
			if at := township(r); at != 0 && l.DisabledAt == "" {
				if roles[at] == nil {
					roles[at] = map[identity.Role]bool{}
				}
				roles[at][r.Role] = true
			}
		}
	}
	var best int64
	for at, has := range roles {
		if best == 0 || len(has) > len(roles[best]) || len(has) == len(roles[best]) && at < best {
			best = at
		}
	}
	var out []demoPerson
	for _, role := range identity.Roles() {
		var found *identity.Login
		for i, l := range logins {
			if l.DisabledAt != "" || len(l.Roles) != 1 || l.Roles[0].Role != role {
				continue
			}
			if found == nil || township(l.Roles[0]) == best && township(found.Roles[0]) != best {
				found = &logins[i]
			}
		}
		if found != nil {
			out = append(out, demoPerson{Login: found.Name, Name: found.PersonName, Roles: role.Title(), Unit: found.Roles[0].UnitName})
		}
	}
	return out
}

func signIn(c *call) (answer, error) {
	county, err := c.chosenCounty()
	if err != nil {
		return answer{}, err
	}
	next := localPath(c.form("next"))
	in, err := identity.SignIn(c.r.Context(), c.server.DB, identity.Credentials{
		County: county, Name: c.form("name"), Password: c.r.PostFormValue("password"), Address: c.address(),
	})
	if err != nil {
		p := &signInPage{Next: next, Name: c.form("name"), Chosen: county}
		if err := c.read(func(tx *store.Tx) error { p.filled(c, tx); return nil }); err != nil {
			return answer{}, err
		}
		return redraw("sign/in", p, err)
	}
	return c.begin(in, next)
}

// begin hands the browser its session. One that was open is ended, so that a shared machine keeps none.
func (c *call) begin(in identity.SignedIn, next string) (answer, error) {
	if c.in {
		if err := c.write(func(tx *store.Tx) error { return identity.SignOut(tx, c.session) }); err != nil {
			return answer{}, err
		}
	}
	c.keep(in.Token)
	c.stale = false
	if in.Session.MustChange {
		return goTo("/password")
	}
	return goTo(next)
}

// chosenCounty gives the county that the form names, or the only one.
func (c *call) chosenCounty() (int64, error) {
	if c.server.County != 0 {
		return c.server.County, nil
	}
	var all []org.Home
	err := c.read(func(tx *store.Tx) error {
		var err error
		all, err = org.Counties(tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	chosen, _ := strconv.ParseInt(c.form("county"), 10, 64)
	for _, h := range all {
		if len(all) == 1 || h.ID == chosen {
			return h.ID, nil
		}
	}
	return 0, fault.New(fault.Invalid, "county-unknown", "没有选择县", "请选择所在的县后再登录").In("county")
}

// demoSignIn signs a person of the invented county in; its route exists in a demonstration only.
func demoSignIn(c *call) (answer, error) {
	county, err := c.chosenCounty()
	if err != nil {
		return answer{}, err
	}
	var in identity.SignedIn
	err = c.write(func(tx *store.Tx) error {
		in, err = identity.SignInAs(tx, county, c.form("login"))
		return err
	})
	if err != nil {
		return answer{}, err
	}
	in.Session.MustChange = false
	return c.begin(in, localPath(c.form("next")))
}

func signOut(c *call) (answer, error) {
	if err := c.write(func(tx *store.Tx) error { return identity.SignOut(tx, c.session) }); err != nil {
		return answer{}, err
	}
	c.stale = false
	c.keep("")
	return goTo("/sign-in")
}

// passwordPage changes one's own password.
type passwordPage struct {
	Base
	Login string
	Must  bool
}

func showPassword(c *call, _ *store.Tx) (answer, error) {
	return show("sign/password", &passwordPage{Login: c.session.LoginName, Must: c.session.MustChange})
}

func changePassword(c *call) (answer, error) {
	p := &passwordPage{Login: c.session.LoginName, Must: c.session.MustChange}
	password := c.r.PostFormValue("password")
	if password != c.r.PostFormValue("again") {
		return redraw("sign/password", p, fault.New(fault.Invalid, "password-differs", "两次输入的新密码不同", "请重新输入").In("again"))
	}
	in, err := identity.ChangePassword(c.r.Context(), c.server.DB, c.session, c.r.PostFormValue("old"), password, c.address())
	if err != nil {
		return redraw("sign/password", p, err)
	}
	c.keep(in.Token)
	c.stale = false
	return goTo("/")
}
