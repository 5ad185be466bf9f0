package identity_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

func (w *world) signIn(name, password string) (identity.SignedIn, error) {
	return identity.SignIn(context.Background(), w.db, identity.Credentials{County: qinglan, Name: name, Password: password, Address: "127.0.0.1"})
}

func (w *world) mustSignIn(name string) identity.SignedIn {
	w.t.Helper()
	in, err := w.signIn(name, password)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

func (w *world) resume(token string) (a identity.Actor, s identity.Session, err error) {
	err = w.db.Read(context.Background(), func(tx *store.Tx) error {
		a, s, err = identity.Resume(tx, token)
		return err
	})
	return a, s, err
}

func (w *world) later(d time.Duration) { w.clock.Set(w.clock.Now().Add(d)) }

func TestSignIn_GivesASession(t *testing.T) {
	each(t, func(w *world) {
		w.do(func(tx *store.Tx) error {
			return identity.GrantRole(tx, w.sec, w.grant("韩青", identity.Accountant, "云溪乡"))
		})
		in := w.mustSignIn(" 韩青 ")
		a, s, err := w.resume(in.Token)
		if err != nil || a.Person != w.logins["韩青"].Person || !a.Has(w.units["东坪村"].Path, identity.Accountant) {
			t.Errorf("resumed as %+v, %v", a, err)
		}
		if err := s.CheckCSRF(in.Session.CSRF); err != nil {
			t.Error(err)
		}
		for _, given := range []string{"", "x", in.Token} {
			w.refused("csrf", s.CheckCSRF(given))
		}
		w.do(func(tx *store.Tx) error {
			var hash string
			if err := tx.QueryRow(`select token_hash from session where county_id = $1`, qinglan).Scan(&hash); err != nil {
				return err
			}
			if hash == "" || strings.Contains(in.Token, hash) || len(in.Token) < 43 {
				t.Errorf("token %q is stored as %q", in.Token, hash)
			}
			return identity.SignOut(tx, s)
		})
		for _, token := range []string{in.Token, "", "990001.", "990002" + strings.TrimPrefix(in.Token, "990001"), "x.y"} {
			_, _, err := w.resume(token)
			w.refused("session-missing", err)
		}
	})
}

func TestSession_EndsIdleAndAtLast(t *testing.T) {
	each(t, func(w *world) {
		in := w.mustSignIn("韩青")
		w.later(60 * time.Minute)
		_, s, err := w.resume(in.Token)
		if err != nil || !s.Stale(w.clock.Now()) {
			t.Fatalf("after an hour: %v", err)
		}
		w.later(time.Second)
		_, _, err = w.resume(in.Token)
		w.refused("session-idle", err)

		in = w.mustSignIn("韩青")
		for range 23 { // eleven and a half hours at work
			w.later(30 * time.Minute)
			w.do(func(tx *store.Tx) error { return identity.Touch(tx, in.Session) })
			if _, s, err = w.resume(in.Token); err != nil || s.Stale(w.clock.Now()) {
				t.Fatalf("at %s: %v", w.clock.Now(), err)
			}
		}
		w.later(30 * time.Minute)
		_, _, err = w.resume(in.Token)
		w.refused("session-expired", err)
	})
}

func TestSignIn_LocksAndSaysUntilWhen(t *testing.T) {
	each(t, func(w *world) {
		for _, name := range []string{"韩青", "nobody.here"} { // an unknown login answers as a known one does
			for range 4 {
				_, err := w.signIn(name, "错的密码错的密码")
				w.refused("sign-in-wrong", err)
				w.later(time.Second)
			}
			_, err := w.signIn(name, "错的密码错的密码")
			w.refused("sign-in-locked", err)
			if got, want := err.Error(), "连续 5 次密码错误,该登录名已锁定 15 分钟,"; !strings.HasPrefix(got, want) || !strings.Contains(got, " 起可再登录") {
				t.Errorf("got %s", got)
			}
			_, err = w.signIn(name, password)
			w.refused("sign-in-locked", err)
			w.later(14 * time.Minute)
			_, err = w.signIn(name, password)
			w.refused("sign-in-locked", err)
			w.later(time.Minute)
		}
		w.mustSignIn("韩青")
		_, err := w.signIn("nobody.here", password)
		w.refused("sign-in-wrong", err)
		w.do(func(tx *store.Tx) error {
			all, err := identity.SignIns(tx, w.audit, identity.SignInFilter{First: "2026-10-23", Last: "2026-10-23", Most: 100})
			counts := map[string]int{}
			for _, a := range all {
				counts[a.Name+a.Outcome]++
				if a.Address != "127.0.0.1" || a.Title() == "" {
					t.Errorf("recorded as %+v", a)
				}
			}
			want := map[string]int{"韩青wrong": 5, "韩青locked": 2, "韩青ok": 1, "nobody.herewrong": 6, "nobody.herelocked": 2}
			for key, n := range want {
				if counts[key] != n {
					t.Errorf("%s: %d times, want %d", key, counts[key], n)
				}
			}
			if err != nil {
				return err
			}
			n, failed, err := identity.CountSignIns(tx, w.audit, "2026-10-23", "2026-10-23")
			if n != int64(len(all)) || failed != n-1 {
				t.Errorf("%d attempts are counted, %d failed; listed are %d", n, failed, len(all))
			}
			return err
		})
	})
}

func TestSignIn_ThresholdsAreDatedRules(t *testing.T) {
	each(t, func(w *world) {
		var failures rule.Definition
		for _, d := range identity.Rules() {
			if d.Code == "sign-in-failures" {
				failures = d
			}
		}
		v := rule.Value{From: "2026-10-23", Text: "3", DocumentNo: "青财〔2026〕8号"}
		w.refuse("role-missing", func(tx *store.Tx) error { return identity.SetRule(tx, w.sys, failures, v, identity.SecAdmin) })
		w.do(func(tx *store.Tx) error { return identity.SetRule(tx, w.sec, failures, v, identity.SecAdmin) })
		for range 2 {
			_, err := w.signIn("韩青", "错的密码错的密码")
			w.refused("sign-in-wrong", err)
		}
		_, err := w.signIn("韩青", "错的密码错的密码")
		w.refused("sign-in-locked", err)
		w.do(func(tx *store.Tx) error { return identity.ResetPassword(tx, w.sys, w.logins["韩青"].ID, hashed()) })
		w.mustSignIn("韩青") // a reset lifts the lock
	})
}

// TestSignIn_ManyAtOnce: wrong passwords sent at the same time cannot pass the threshold together.
func TestSignIn_ManyAtOnce(t *testing.T) {
	each(t, func(w *world) {
		var wrong sync.Map
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				_, err := w.signIn("韩青", "错的密码错的密码")
				wrong.Store(i, fault.As(err).Code)
			})
		}
		all.Wait()
		counts := map[any]int{}
		wrong.Range(func(_, code any) bool { counts[code]++; return true })
		if counts["sign-in-wrong"] != 4 || counts["sign-in-locked"] != 8 {
			t.Errorf("answers: %v", counts)
		}
	})
}

func TestChangePassword_AfterAOneTimePassword(t *testing.T) {
	each(t, func(w *world) {
		ctx := context.Background()
		plain, hash, err := identity.OneTimePassword(ctx)
		if err != nil {
			t.Fatal(err)
		}
		w.do(func(tx *store.Tx) error {
			return identity.GrantRole(tx, w.sec, w.grant("韩青", identity.Clerk, "云溪乡"))
		})
		before := w.mustSignIn("韩青")
		w.do(func(tx *store.Tx) error { return identity.ResetPassword(tx, w.sys, w.logins["韩青"].ID, hash) })
		_, _, err = w.resume(before.Token)
		w.refused("session-missing", err)
		in, err := w.signIn("韩青", plain)
		if err != nil {
			t.Fatal(err)
		}
		a, s, err := w.resume(in.Token)
		if err != nil || !s.MustChange || len(a.Grants) != 0 || len(in.Actor.Grants) != 0 {
			t.Errorf("before the change %+v may do %v, %v", s, a.Grants, err)
		}
		for given, want := range map[string]string{"短": "password-short", plain: "password-same", "1234567890": "password-common"} {
			_, err := identity.ChangePassword(ctx, w.db, s, plain, given, "")
			w.refused(want, err)
		}
		_, err = identity.ChangePassword(ctx, w.db, s, "不是原来的密码", "白云深处 有三户人家", "")
		w.refused("sign-in-wrong", err)
		if fault.As(err).Field != "old" {
			t.Errorf("the wrong field is %q", fault.As(err).Field)
		}
		changed, err := identity.ChangePassword(ctx, w.db, s, plain, "白云深处 有三户人家", "")
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = w.resume(in.Token)
		w.refused("session-missing", err)
		a, s, err = w.resume(changed.Token)
		if err != nil || s.MustChange || !a.Has(w.units["云溪乡"].Path, identity.Clerk) {
			t.Errorf("after the change %+v may do %v, %v", s, a.Grants, err)
		}
		_, err = w.signIn("韩青", plain)
		w.refused("sign-in-wrong", err)
	})
}

func TestSignIn_DisabledOrWithoutPassword(t *testing.T) {
	each(t, func(w *world) {
		han := w.logins["韩青"].ID
		in := w.mustSignIn("韩青")
		w.do(func(tx *store.Tx) error { return identity.Disable(tx, w.sys, han, "离职交接") })
		_, _, err := w.resume(in.Token)
		w.refused("session-missing", err)
		_, err = w.signIn("韩青", password)
		w.refused("login-disabled", err)
		_, err = w.signIn("韩青", "错的密码错的密码")
		w.refused("sign-in-wrong", err) // who does not know the password does not learn that the login is disabled
		w.refuse("login-disabled", func(tx *store.Tx) error {
			_, err := identity.Load(tx, qinglan, han)
			return err
		})
		w.refuse("login-disabled", func(tx *store.Tx) error {
			_, err := identity.SignInAs(tx, qinglan, "韩青")
			return err
		})
		w.do(func(tx *store.Tx) error { return identity.Enable(tx, w.sys, han, "返岗") })
		w.mustSignIn("韩青")
		w.do(func(tx *store.Tx) error {
			_, err := identity.CreateLogin(tx, w.sys, identity.NewLogin{Name: "空", Person: w.logins["韩青"].Person})
			return err
		})
		for _, given := range []string{"", password} {
			_, err := w.signIn("空", given)
			w.refused("sign-in-wrong", err)
		}
	})
}

func TestSignInAs_Demonstration(t *testing.T) {
	each(t, func(w *world) {
		var in identity.SignedIn
		w.do(func(tx *store.Tx) (err error) {
			in, err = identity.SignInAs(tx, qinglan, "secadmin")
			return err
		})
		a, s, err := w.resume(in.Token)
		if err != nil || a.Name != "安全管理员" || s.Started != w.clock.Now() {
			t.Errorf("resumed as %+v, %v", a, err)
		}
		if got := calendar.DateOf(s.Expires); got != "2026-10-23" {
			t.Errorf("ends on %s", got)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	for given, want := range map[string]string{
		"青山绿水三十六": "password-short", "Password123": "password-common", "哈哈哈哈哈哈哈哈哈哈": "password-common",
		"Zhang.Guodong": "password-is-login", "2026zhang.guodong": "password-is-login", "ang.guodong": "password-is-login",
		strings.Repeat("长", 129): "password-long", "": "password-short",
		"correct horse": "", "青山绿水三十六乡啊啊": "",
	} {
		err := identity.CheckPassword("zhang.guodong", given)
		if want == "" && err != nil || want != "" && !fault.HasCode(err, want) {
			t.Errorf("%q: got %v, want %q", given, err, want)
		}
	}
}

func TestHashPassword_InPHCForm(t *testing.T) {
	h := string(hashed())
	if !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Count(h, "$") != 5 {
		t.Errorf("stored as %s", h)
	}
	again, err := identity.HashPassword(context.Background(), password)
	if err != nil || string(again) == h {
		t.Errorf("two hashes of one password are the same: %v", err)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	for range 20 { // a caller who has gone does not queue for ever; one who finds a place may still be served
		if _, err := identity.HashPassword(ended, password); err != nil && err != context.Canceled {
			t.Error(err)
		}
	}
}
