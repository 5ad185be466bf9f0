package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Credentials are what the sign-in page sends.
type Credentials struct {
	County   int64
	Name     string
	Password string
	Address  string // of the client, for the history
}

// What became of an attempt to sign in.
const (
	outcomeOK       = "ok"
	outcomeWrong    = "wrong"
	outcomeLocked   = "locked"
	outcomeDisabled = "disabled"
)

// SignIn checks a password and starts a session. Every attempt is recorded, also the refused ones; after too many
// wrong ones the login is locked for a while. An unknown login takes as long and is locked in the same way, so that
// nobody learns which logins exist.
//
// It opens its own transactions: the password is hashed between the one that reads and the one that writes, where the
// writer would have to wait for it.
func SignIn(ctx context.Context, db *store.DB, c Credentials) (SignedIn, error) {
	c.Name = loginName(c.Name)
	found, right, err := tryPassword(ctx, db, c)
	if err != nil {
		return SignedIn{}, err
	}
	var in SignedIn
	var refusal error
	err = db.Write(ctx, func(tx *store.Tx) error {
		in, refusal = SignedIn{}, nil
		l, p, refused, err := conclude(tx, c, found, right)
		if err != nil || refused != nil {
			refusal = refused
			return err // a refused attempt is recorded: the step itself succeeds
		}
		in, err = start(tx, c.County, l, p)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, refusal
}

// SignInAs starts a session without a password. Only a demonstration of the invented county offers it.
func SignInAs(tx *store.Tx, county int64, name string) (SignedIn, error) {
	l, err := FindLogin(tx, county, name)
	if err != nil {
		return SignedIn{}, err
	}
	p, err := readPolicy(tx, county)
	if err != nil {
		return SignedIn{}, err
	}
	if err := recordAttempt(tx, Credentials{County: county, Name: l.Name}, outcomeOK); err != nil {
		return SignedIn{}, err
	}
	return start(tx, county, l, p)
}

// candidate is a login as it was when the password was compared.
type candidate struct {
	known    bool
	login    int64
	hash     PasswordHash
	failures int64
	locked   time.Time // until then
}

// tryPassword compares the password with what is stored, outside any transaction. Where the login is locked nothing
// is compared.
func tryPassword(ctx context.Context, db *store.DB, c Credentials) (found candidate, right bool, err error) {
	var now time.Time
	err = db.Read(ctx, func(tx *store.Tx) error {
		now = tx.Now
		p, err := readPolicy(tx, c.County)
		if err != nil {
			return err
		}
		found, err = readCandidate(tx, c, p)
		return err
	})
	if err != nil || found.locked.After(now) {
		return found, false, err
	}
	right, err = found.hash.verify(ctx, c.Password)
	return found, right && found.known, err
}

func readCandidate(tx *store.Tx, c Credentials, p policy) (candidate, error) {
	f := candidate{known: true}
	var locked string
	err := tx.QueryRow(`select login_id, password_hash, failures, coalesce(locked_until, '') from login
		where county_id = $1 and name = $2`, c.County, c.Name).Scan(&f.login, &f.hash, &f.failures, &locked)
	if errors.Is(err, store.ErrNoRows) {
		return unknownCandidate(tx, c, p)
	}
	if err == nil && locked != "" {
		f.locked, err = calendar.ParseInstant(locked)
	}
	if err != nil {
		return f, fmt.Errorf("identity.SignIn: %w", err)
	}
	return f, nil
}

// unknownCandidate stands for a login that does not exist; its failures are counted from the history.
func unknownCandidate(tx *store.Tx, c Credentials, p policy) (candidate, error) {
	var f candidate
	var last string
	since := calendar.Instant(tx.Now.Add(-p.lock))
	err := tx.QueryRow(`select count(*), coalesce(max(at), '') from sign_in
		where county_id = $1 and at > $2 and name = $3 and outcome = $4`, c.County, since, c.Name, outcomeWrong).Scan(&f.failures, &last)
	if err != nil {
		return f, fmt.Errorf("identity.SignIn: %w", err)
	}
	if f.failures < p.failures {
		return f, nil
	}
	at, err := calendar.ParseInstant(last)
	f.locked = at.Add(p.lock)
	return f, err
}

// conclude records the attempt and says what comes of it. It reads the login again: what was compared must still be
// what is stored. refused is the answer to the person; the attempt stays recorded.
func conclude(tx *store.Tx, c Credentials, found candidate, right bool) (l Login, p policy, refused, err error) {
	if err = tx.Settle(); err != nil { // attempts of the same commit count too
		return l, p, nil, err
	}
	if p, err = readPolicy(tx, c.County); err != nil {
		return l, p, nil, err
	}
	now, err := readCandidate(tx, c, p)
	if err != nil {
		return l, p, nil, err
	}
	if now.known != found.known || now.hash != found.hash {
		return l, p, nil, fault.New(fault.Conflict, "password-just-changed", "密码刚刚被修改", "请用新密码重新登录")
	}
	switch {
	case now.locked.After(tx.Now):
		return l, p, lockedOut(p, now.locked), recordAttempt(tx, c, outcomeLocked)
	case !right:
		refused, err = countFailure(tx, c, now, p)
		return l, p, refused, err
	}
	if l, err = GetLogin(tx, c.County, now.login); err != nil {
		return l, p, nil, err
	}
	if l.DisabledAt != "" {
		return l, p, loginDisabled(l.Name), recordAttempt(tx, c, outcomeDisabled)
	}
	if now.failures > 0 || !now.locked.IsZero() {
		_, err = tx.Exec(`update login set failures = 0, locked_until = null where county_id = $1 and login_id = $2`, c.County, now.login)
		if err != nil {
			return l, p, nil, fmt.Errorf("identity.SignIn: %w", err)
		}
	}
	return l, p, nil, recordAttempt(tx, c, outcomeOK)
}

// countFailure records a wrong password and locks the login after too many.
func countFailure(tx *store.Tx, c Credentials, now candidate, p policy) (refused, err error) {
	if err := recordAttempt(tx, c, outcomeWrong); err != nil {
		return nil, err
	}
	failures, until := now.failures+1, time.Time{}
	refused = fault.Newf(fault.Invalid, "sign-in-wrong", "忘记密码请系统管理员重置",
		"登录名或密码不正确,连续错误 %d 次将锁定 %d 分钟", p.failures, int(p.lock.Minutes())).In("password")
	if failures >= p.failures {
		until = tx.Now.Add(p.lock)
		refused = lockedOut(p, until)
	}
	if !now.known {
		return refused, nil
	}
	var locked any
	if !until.IsZero() {
		failures, locked = 0, calendar.Instant(until)
	}
	_, err = tx.Exec(`update login set failures = $3, locked_until = $4 where county_id = $1 and login_id = $2`,
		c.County, now.login, failures, locked)
	if err != nil {
		return nil, fmt.Errorf("identity.SignIn: %w", err)
	}
	return refused, nil
}

func lockedOut(p policy, until time.Time) error {
	return fault.Newf(fault.Forbidden, "sign-in-locked", "请到时再试,急用请系统管理员重置密码",
		"连续 %d 次密码错误,该登录名已锁定 %d 分钟,%s 起可再登录", p.failures, int(p.lock.Minutes()), clock(until.Add(time.Minute-1)))
}

var signIns = store.NewTable("sign_in", 3, 0, "#county_id", "at", "attempt", "name", "outcome", "address")

// recordAttempt keeps an attempt as it was.
func recordAttempt(tx *store.Tx, c Credentials, outcome string) error {
	name := []rune(c.Name)
	if len(name) > nameMost {
		name = name[:nameMost]
	}
	tx.Append(signIns, c.County, calendar.Instant(tx.Now), rand.Text(), string(name), outcome, c.Address)
	return nil
}
