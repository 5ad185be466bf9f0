package identity

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Login is a name with a password under which a person signs in. A person may have several.
type Login struct {
	ID          int64
	Name        string
	Person      int64
	PersonName  string
	Unit        int64 // the person's
	UnitName    string
	UnitPath    string
	MustChange  bool
	LockedUntil time.Time // zero: not locked
	DisabledAt  string    // instant; empty: in use
	Frozen      bool      // the person hands his post over
	Roles       []Held    // filled by ListLogins
}

// NewLogin is what a login is made from.
type NewLogin struct {
	Name       string
	Person     int64
	Password   PasswordHash // empty: none yet, so that nobody signs in
	MustChange bool         // true for a one-time password
}

// CreateLogin makes a login for a person. The system administrator of the person's unit does it; the login can do
// nothing until the security administrator grants roles.
func CreateLogin(tx *store.Tx, by Actor, n NewLogin) (Login, error) {
	p, err := GetPerson(tx, by.County, n.Person)
	if err != nil {
		return Login{}, err
	}
	if err := by.Require(p.UnitPath, "开设登录名", SysAdmin); err != nil {
		return Login{}, err
	}
	return createLogin(tx, by, p, n)
}

// BootstrapLogin is CreateLogin for init, import on the server and the invented county.
func BootstrapLogin(tx *store.Tx, county int64, n NewLogin) (Login, error) {
	p, err := GetPerson(tx, county, n.Person)
	if err != nil {
		return Login{}, err
	}
	return createLogin(tx, Actor{County: county}, p, n)
}

// nameMost is the longest login, and the longest name of a person, in characters.
const nameMost = 40

// CheckLoginName refuses a name that is malformed or taken.
func CheckLoginName(tx *store.Tx, county int64, typed string) error {
	name := loginName(typed)
	if name == "" || utf8.RuneCountInString(name) > nameMost || strings.ContainsFunc(name, oddInName) {
		return fault.Newf(fault.Invalid, "login-name-malformed", fmt.Sprintf("请用字母、数字、汉字或 . - _,最多 %d 个字符", nameMost),
			"登录名「%s」不可用", typed).In("login")
	}
	holder, err := FindLogin(tx, county, name)
	if err == nil {
		return fault.Newf(fault.Invalid, "login-name-taken", "请另取登录名", "登录名「%s」已由「%s」使用", name, holder.PersonName).In("login")
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}

func createLogin(tx *store.Tx, by Actor, p Person, n NewLogin) (Login, error) {
	if err := CheckLoginName(tx, by.County, n.Name); err != nil {
		return Login{}, err
	}
	name := loginName(n.Name)
	id, err := org.NextID(tx, by.County, "login")
	if err != nil {
		return Login{}, err
	}
	_, err = tx.Exec(`insert into login (county_id, login_id, name, person_id, password_hash, must_change, created_at)
		values ($1, $2, $3, $4, $5, $6, $7)`,
		by.County, id, name, p.ID, string(n.Password), n.MustChange, calendar.Instant(tx.Now))
	if err != nil {
		return Login{}, fmt.Errorf("identity.CreateLogin %s: %w", name, err)
	}
	l := Login{
		ID: id, Name: name, Person: p.ID, PersonName: p.Name, Unit: p.Unit, UnitName: p.UnitName, UnitPath: p.UnitPath,
		MustChange: n.MustChange,
	}
	return l, recordLogin(tx, by, l, stepLogin, "")
}

// loginName is how names are kept and compared: without blanks around, in lower case; what no database keeps is dropped.
func loginName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

func oddInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_", r)
}

func recordLogin(tx *store.Tx, by Actor, l Login, step, reason string) error {
	a := onPerson(l.Person, step, by)
	a.facts = map[string]string{"login": strconv.FormatInt(l.ID, 10)}
	a.private = map[string]string{"login-name": l.Name}
	a.reason = reason
	return record(tx, by.County, a)
}

const loginQuery = `select l.login_id, l.name, l.person_id, p.name, p.unit_id, u.name, u.path, l.must_change,
	coalesce(l.locked_until, ''), coalesce(l.disabled_at, ''), p.handover_id is not null from login l
	join person p on p.county_id = l.county_id and p.person_id = l.person_id
	join unit u on u.county_id = p.county_id and u.unit_id = p.unit_id where l.county_id = $1`

func scanLogin(row interface{ Scan(...any) error }) (Login, error) {
	var l Login
	var locked string
	err := row.Scan(&l.ID, &l.Name, &l.Person, &l.PersonName, &l.Unit, &l.UnitName, &l.UnitPath, &l.MustChange, &locked, &l.DisabledAt, &l.Frozen)
	if err == nil && locked != "" {
		l.LockedUntil, err = calendar.ParseInstant(locked)
	}
	return l, err
}

// GetLogin gives a login by id.
func GetLogin(tx *store.Tx, county, id int64) (Login, error) {
	return oneLogin(tx.QueryRow(loginQuery+` and l.login_id = $2`, county, id), strconv.FormatInt(id, 10))
}

// FindLogin gives a login by its name.
func FindLogin(tx *store.Tx, county int64, name string) (Login, error) {
	return oneLogin(tx.QueryRow(loginQuery+` and l.name = $2`, county, loginName(name)), name)
}

func oneLogin(row store.Row, key string) (Login, error) {
	l, err := scanLogin(row)
	if errors.Is(err, store.ErrNoRows) {
		return l, fault.Newf(fault.NotFound, "login-unknown", "请核对登录名,或先登记人员", "没有登录名「%s」", key)
	}
	if err != nil {
		return l, fmt.Errorf("identity: login %s: %w", key, err)
	}
	return l, nil
}

// ListLogins gives the logins of the persons of the units at or below prefix, with the roles that are not over yet.
func ListLogins(tx *store.Tx, county int64, prefix string) ([]Login, error) {
	today, err := org.Today(tx, county)
	if err != nil {
		return nil, err
	}
	lower, upper := org.Subtree(prefix)
	all, err := queryLogins(tx, ` and u.path >= $2 and u.path < $3 order by u.code, l.name`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("identity.ListLogins: %w", err)
	}
	roles, err := rolesByLogin(tx, county, today)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Roles = roles[all[i].ID]
	}
	return all, nil
}

func queryLogins(tx *store.Tx, where string, args ...any) ([]Login, error) {
	rows, err := tx.Query(loginQuery+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Login
	for rows.Next() {
		l, err := scanLogin(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, rows.Err()
}

// Disable ends the use of a login at once; its sessions end with it.
func Disable(tx *store.Tx, by Actor, login int64, reason string) error {
	l, err := maintained(tx, by, login, "停用登录名")
	if err != nil {
		return err
	}
	if l.Person == by.Person {
		return fault.New(fault.Refused, "login-own", "不能停用自己的登录名", "请由另一名系统管理员办理")
	}
	if l.DisabledAt != "" {
		return nil
	}
	if err := text.Check("reason", "原因", reason, reasonMost); err != nil {
		return err
	}
	if err := keepAdministrators(tx, by.County, l); err != nil {
		return err
	}
	return disable(tx, by, l, reason)
}

func disable(tx *store.Tx, by Actor, l Login, reason string) error {
	_, err := tx.Exec(`update login set disabled_at = $3 where county_id = $1 and login_id = $2`, by.County, l.ID, calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("identity.Disable %d: %w", l.ID, err)
	}
	if err := endSessions(tx, by.County, l.ID); err != nil {
		return err
	}
	return recordLogin(tx, by, l, stepDisable, reason)
}

// Enable lets a disabled login be used again.
func Enable(tx *store.Tx, by Actor, login int64, reason string) error {
	l, err := maintained(tx, by, login, "启用登录名")
	if err != nil || l.DisabledAt == "" {
		return err
	}
	if err := text.Check("reason", "原因", reason, reasonMost); err != nil {
		return err
	}
	_, err = tx.Exec(`update login set disabled_at = null where county_id = $1 and login_id = $2`, by.County, login)
	if err != nil {
		return fmt.Errorf("identity.Enable %d: %w", login, err)
	}
	return recordLogin(tx, by, l, stepEnable, reason)
}

// ResetPassword gives a login a one-time password (see OneTimePassword): its sessions end, a lock is lifted.
func ResetPassword(tx *store.Tx, by Actor, login int64, hash PasswordHash) error {
	l, err := maintained(tx, by, login, "重置密码")
	if err != nil {
		return err
	}
	return resetPassword(tx, by, l, hash)
}

// BootstrapPassword is ResetPassword at the server's console, for an administrator whom nobody else can help.
func BootstrapPassword(tx *store.Tx, county, login int64, hash PasswordHash) error {
	l, err := GetLogin(tx, county, login)
	if err != nil {
		return err
	}
	return resetPassword(tx, Actor{County: county}, l, hash)
}

func resetPassword(tx *store.Tx, by Actor, l Login, hash PasswordHash) error {
	_, err := tx.Exec(`update login set password_hash = $3, must_change = $4, failures = 0, locked_until = null
		where county_id = $1 and login_id = $2`, by.County, l.ID, string(hash), true)
	if err != nil {
		return fmt.Errorf("identity.ResetPassword %d: %w", l.ID, err)
	}
	if err := endSessions(tx, by.County, l.ID); err != nil {
		return err
	}
	return recordLogin(tx, by, l, stepPassword, "")
}

// maintained gives a login that the actor may maintain. Logins are the system administrator's, but for those of the
// other two administrators, which are the security administrator's: who could reset their passwords could grant himself
// every role, or watch over himself.
func maintained(tx *store.Tx, by Actor, login int64, doing string) (Login, error) {
	l, err := GetLogin(tx, by.County, login)
	if err != nil {
		return l, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return l, err
	}
	roles, err := rolesByLogin(tx, by.County, today)
	if err != nil {
		return l, err
	}
	for _, r := range roles[login] {
		if r.Role == SecAdmin || r.Role == AuditAdmin {
			return l, by.Require(l.UnitPath, "为"+r.Role.Title()+doing, SecAdmin)
		}
	}
	return l, by.Require(l.UnitPath, doing, SysAdmin)
}
