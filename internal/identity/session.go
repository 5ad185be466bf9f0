package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Session is one sign-in of one browser. The cookie holds the token; the table only its SHA-256.
type Session struct {
	County     int64
	Login      int64
	LoginName  string
	CSRF       string
	Started    time.Time
	Seen       time.Time
	Expires    time.Time // the latest end, whatever is done
	MustChange bool      // only the page that changes the password may be reached: the actor has no roles until then

	hash string
}

// SignedIn is what a successful sign-in gives.
type SignedIn struct {
	Token   string // for the cookie
	Actor   Actor
	Session Session
}

// tokenBytes is the randomness of a session's and a form's token.
const tokenBytes = 32

func newToken() (string, error) {
	b := make([]byte, tokenBytes)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("identity: token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// start makes a session; the token begins with the county, so that a cookie alone finds its row.
func start(tx *store.Tx, county int64, l Login, p policy) (SignedIn, error) {
	secret, err := newToken()
	if err != nil {
		return SignedIn{}, err
	}
	csrf, err := newToken()
	if err != nil {
		return SignedIn{}, err
	}
	token := strconv.FormatInt(county, 10) + "." + secret
	s := Session{
		County: county, Login: l.ID, LoginName: l.Name, CSRF: csrf, Started: tx.Now, Seen: tx.Now, Expires: tx.Now.Add(p.longest),
		MustChange: l.MustChange, hash: hashToken(token),
	}
	now := calendar.Instant(tx.Now)
	if _, err := tx.Exec(`delete from session where county_id = $1 and expires_at <= $2`, county, now); err != nil {
		return SignedIn{}, fmt.Errorf("identity: end old sessions: %w", err)
	}
	_, err = tx.Exec(`insert into session (county_id, token_hash, login_id, csrf, created_at, seen_at, expires_at)
		values ($1, $2, $3, $4, $5, $5, $6)`, county, s.hash, l.ID, csrf, now, calendar.Instant(s.Expires))
	if err != nil {
		return SignedIn{}, fmt.Errorf("identity: start a session: %w", err)
	}
	actor, err := sessionActor(tx, s)
	return SignedIn{Token: token, Actor: actor, Session: s}, err
}

// sessionActor gives the actor of a session, without any role while the password is still to be changed.
func sessionActor(tx *store.Tx, s Session) (Actor, error) {
	a, err := Load(tx, s.County, s.Login)
	if s.MustChange {
		a.Grants = nil
	}
	return a, err
}

func sessionEnded(code, message string) error {
	return fault.New(fault.Forbidden, code, message, "请重新登录,未保存的内容可在登录后继续")
}

// Resume gives who is at work under a cookie's token. It writes nothing; where Session.Stale says so, call Touch.
func Resume(tx *store.Tx, token string) (Actor, Session, error) {
	code, _, ok := strings.Cut(token, ".")
	county, err := strconv.ParseInt(code, 10, 64)
	if !ok || err != nil {
		return Actor{}, Session{}, sessionEnded("session-missing", "您尚未登录")
	}
	s := Session{County: county, hash: hashToken(token)}
	var started, seen, expires string
	err = tx.QueryRow(`select s.login_id, l.name, s.csrf, s.created_at, s.seen_at, s.expires_at, l.must_change from session s
		join login l on l.county_id = s.county_id and l.login_id = s.login_id
		where s.county_id = $1 and s.token_hash = $2`, county, s.hash).
		Scan(&s.Login, &s.LoginName, &s.CSRF, &started, &seen, &expires, &s.MustChange)
	if errors.Is(err, store.ErrNoRows) {
		return Actor{}, Session{}, sessionEnded("session-missing", "您尚未登录,或已在别处退出")
	}
	if err == nil {
		err = s.parse(started, seen, expires)
	}
	if err != nil {
		return Actor{}, Session{}, fmt.Errorf("identity.Resume: %w", err)
	}
	today, err := org.Today(tx, county)
	if err != nil {
		return Actor{}, Session{}, err
	}
	idle, err := minutes(tx, county, sessionIdle, today)
	if err != nil {
		return Actor{}, Session{}, err
	}
	if !tx.Now.Before(s.Expires) {
		return Actor{}, Session{}, sessionEnded("session-expired", fmt.Sprintf("本次登录自 %s 起,已到最长时限", clock(s.Started)))
	}
	if tx.Now.Sub(s.Seen) > idle {
		return Actor{}, Session{}, sessionEnded("session-idle", fmt.Sprintf("超过 %d 分钟无操作,登录已失效", int(idle.Minutes())))
	}
	a, err := sessionActor(tx, s)
	return a, s, err
}

func (s *Session) parse(started, seen, expires string) error {
	var err1, err2, err3 error
	s.Started, err1 = calendar.ParseInstant(started)
	s.Seen, err2 = calendar.ParseInstant(seen)
	s.Expires, err3 = calendar.ParseInstant(expires)
	return errors.Join(err1, err2, err3)
}

// touchEvery bounds how often a session's last use is written.
const touchEvery = time.Minute

// Stale reports whether the session's last use is long enough ago to be written anew.
func (s Session) Stale(now time.Time) bool { return now.Sub(s.Seen) >= touchEvery }

// Touch keeps the session's last use.
func Touch(tx *store.Tx, s Session) error {
	_, err := tx.Exec(`update session set seen_at = $3 where county_id = $1 and token_hash = $2 and seen_at < $3`,
		s.County, s.hash, calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("identity.Touch: %w", err)
	}
	return nil
}

// CheckCSRF refuses a form that was not made for this session.
func (s Session) CheckCSRF(given string) error {
	if s.CSRF != "" && subtle.ConstantTimeCompare([]byte(s.CSRF), []byte(given)) == 1 {
		return nil
	}
	return fault.New(fault.Forbidden, "csrf", "表单已过期", "请刷新页面后重新提交")
}

// SignOut ends one session.
func SignOut(tx *store.Tx, s Session) error {
	_, err := tx.Exec(`delete from session where county_id = $1 and token_hash = $2`, s.County, s.hash)
	if err != nil {
		return fmt.Errorf("identity.SignOut: %w", err)
	}
	return nil
}

// endSessions signs a login out everywhere.
func endSessions(tx *store.Tx, county, login int64) error {
	_, err := tx.Exec(`delete from session where county_id = $1 and login_id = $2`, county, login)
	if err != nil {
		return fmt.Errorf("identity: end sessions of %d: %w", login, err)
	}
	return nil
}

// clock writes an instant as people of the county read it.
func clock(t time.Time) string { return t.In(calendar.Beijing).Format("2006-01-02 15:04") }
