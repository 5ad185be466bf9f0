package identity

import (
	"context"
	"fmt"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// ChangePassword sets a new password for the login of a session, after the old one was given once more. Every session
// of the login ends; the caller goes on with the new one. Wrong old passwords count as wrong sign-ins do.
//
// Like SignIn it opens its own transactions, because hashing must not hold up the writer.
func ChangePassword(ctx context.Context, db *store.DB, s Session, old, password, address string) (SignedIn, error) {
	if err := CheckPassword(s.LoginName, password); err != nil {
		return SignedIn{}, err
	}
	if old == password {
		return SignedIn{}, weak("password-same", "新密码与原密码相同", "请另设密码")
	}
	c := Credentials{County: s.County, Name: s.LoginName, Password: old, Address: address}
	found, right, err := tryPassword(ctx, db, c)
	if err != nil {
		return SignedIn{}, err
	}
	var hash PasswordHash
	if right {
		if hash, err = HashPassword(ctx, password); err != nil {
			return SignedIn{}, err
		}
	}
	var in SignedIn
	var refusal error
	err = db.Write(ctx, func(tx *store.Tx) error {
		in, refusal = SignedIn{}, nil
		l, p, refused, err := conclude(tx, c, found, right)
		if err != nil || refused != nil {
			refusal = refused
			return err
		}
		if err := replacePassword(tx, l, s.County, hash); err != nil {
			return err
		}
		l.MustChange = false
		in, err = start(tx, s.County, l, p)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	if fault.HasCode(refusal, "sign-in-wrong") {
		refusal = fault.As(refusal).In("old")
	}
	return in, refusal
}

func replacePassword(tx *store.Tx, l Login, county int64, hash PasswordHash) error {
	_, err := tx.Exec(`update login set password_hash = $3, must_change = $4 where county_id = $1 and login_id = $2`,
		county, l.ID, string(hash), false)
	if err != nil {
		return fmt.Errorf("identity.ChangePassword %d: %w", l.ID, err)
	}
	if err := endSessions(tx, county, l.ID); err != nil {
		return err
	}
	return recordLogin(tx, Actor{County: county, Person: l.Person}, l, stepChanged, "")
}
