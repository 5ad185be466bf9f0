package identity

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Revealers are who may see an identity number in full: the office head for the persons of his office, who answers for
// payments to them, and the security administrator. Each time is one row of the trail.
var Revealers = []Role{OfficeHead, SecAdmin}

// PersonReaders may see who the persons of their units are, with logins, roles and masked numbers: the administrators
// who keep them and the heads who answer for them.
var PersonReaders = []Role{SysAdmin, SecAdmin, OfficeHead, UnitHead}

const (
	reasonLeast = 4   // the fewest characters that can say why a number had to be seen
	reasonMost  = 500 // the longest reason of any act, in characters
)

// RevealIdentity decrypts one person's identity number and records who saw it and why.
func RevealIdentity(tx *store.Tx, keys *Keys, by Actor, person int64, reason string) (string, error) {
	p, err := GetPerson(tx, by.County, person)
	if err != nil {
		return "", err
	}
	if err := by.Require(p.UnitPath, "查看完整身份证号", Revealers...); err != nil {
		return "", err
	}
	reason = strings.TrimSpace(reason)
	if utf8.RuneCountInString(reason) < reasonLeast {
		return "", fault.Newf(fault.Invalid, "reveal-reason-missing", "请写明用途,例如核对开户资料;事由将记入存证",
			"查看完整身份证号须写明事由,至少 %d 个字", reasonLeast).In("reason")
	}
	if err := text.Check("reason", "事由", reason, reasonMost); err != nil {
		return "", err
	}
	if !p.Registered() {
		return "", fault.Newf(fault.Refused, "person-unregistered", "请系统管理员先登记", "「%s」的身份证号未登记", p.Name)
	}
	var sealed string
	err = tx.QueryRow(`select id_sealed from person where county_id = $1 and person_id = $2`, by.County, person).Scan(&sealed)
	if err != nil && !errors.Is(err, store.ErrNoRows) {
		return "", fmt.Errorf("identity.RevealIdentity %d: %w", person, err)
	}
	number, err := keys.Open(by.County, person, fieldNumber, sealed)
	if err != nil {
		return "", err
	}
	a := onPerson(person, stepReveal, by)
	a.reason = reason
	return number, record(tx, by.County, a)
}
