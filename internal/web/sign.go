package web

import (
	"strconv"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// signInPage asks who is there.
type signInPage struct {
	Base
	Counties []org.Home
	Chosen   int64
	Name     string
	Next     string
	Offices  []demoOffice // of the invented county
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
		if p.Offices, err = demoPeople(tx, p.Counties[0].ID); err != nil {
			c.server.Log.Error("people of the demonstration", "error", err)
		}
	}
	return p
}

// demoMost is how many people the sign-in page of a demonstration offers.
const demoMost = 60

func demoPeople(tx *store.Tx, county int64) ([]demoOffice, error) {
	root, err := org.Root(tx, county)
	if err != nil {
		return nil, err
	}
	logins, err := identity.ListLogins(tx, county, root.Path)
	if err != nil {
		return nil, err
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
		out[i].People = append(out[i].People, demoPerson{Login: l.Name, Name: l.PersonName, Roles: roleTitles(a)})
		count++
	}
	return out, nil
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
