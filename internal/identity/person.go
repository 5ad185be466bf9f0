package identity

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// Person is one human being of the county.
type Person struct {
	ID       int64
	Name     string
	Masked   string // identity number as pages show it
	Unit     int64
	UnitName string
	UnitPath string
}

// NewPerson is what a person is made from.
type NewPerson struct {
	Name   string
	Number string // identity number as typed
	Unit   int64
}

// fieldNumber names the identity number in seals and hashes.
const fieldNumber = "id"

// unregistered stands for the number of the administrators that init makes before anybody's number is known. Who is
// unregistered cannot hold a business role, so that nobody is two persons in the books.
const unregistered = "未登记"

// Registered reports whether the person's identity number is known.
func (p Person) Registered() bool { return p.Masked != unregistered }

// CreatePerson makes a person. The system administrator of the unit does it; the same number again is refused.
func CreatePerson(tx *store.Tx, keys *Keys, by Actor, n NewPerson) (Person, error) {
	unit, err := org.Get(tx, by.County, n.Unit)
	if err != nil {
		return Person{}, err
	}
	if err := by.Require(unit.Path, "登记人员", SysAdmin); err != nil {
		return Person{}, err
	}
	return createPerson(tx, keys, by, n)
}

// BootstrapPerson is CreatePerson for init, import on the server and the invented county.
func BootstrapPerson(tx *store.Tx, keys *Keys, county int64, n NewPerson) (Person, error) {
	return createPerson(tx, keys, Actor{County: county}, n)
}

// CheckPersonName refuses a name that no person can be registered under.
func CheckPersonName(name string) error {
	name = strings.TrimSpace(name)
	if name == "" {
		return fault.New(fault.Invalid, "person-name-missing", "姓名不能为空", "请按身份证填写姓名").In("name")
	}
	return text.Check("name", "姓名", name, nameMost)
}

func createPerson(tx *store.Tx, keys *Keys, by Actor, n NewPerson) (Person, error) {
	county := by.County
	if err := CheckPersonName(n.Name); err != nil {
		return Person{}, err
	}
	unit, err := org.Get(tx, county, n.Unit)
	if err != nil {
		return Person{}, err
	}
	today, err := org.Today(tx, county)
	if err != nil {
		return Person{}, err
	}
	if err := unit.CheckInUse(today); err != nil {
		return Person{}, err
	}
	number, err := ParseNumber(n.Number, today)
	if err != nil {
		return Person{}, err
	}
	hash, err := freeHash(tx, keys, county, number)
	if err != nil {
		return Person{}, err
	}
	id, err := org.NextID(tx, county, "person")
	if err != nil {
		return Person{}, err
	}
	sealed, err := keys.Seal(county, id, fieldNumber, number.Value)
	if err != nil {
		return Person{}, err
	}
	p := Person{ID: id, Name: strings.TrimSpace(n.Name), Masked: Mask(number.Value), Unit: unit.ID, UnitName: unit.Name, UnitPath: unit.Path}
	return p, insertPerson(tx, by, p, sealed, hash)
}

func insertPerson(tx *store.Tx, by Actor, p Person, sealed, hash string) error {
	_, err := tx.Exec(`insert into person (county_id, person_id, name, id_sealed, id_hash, id_masked, unit_id, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		by.County, p.ID, p.Name, sealed, hash, p.Masked, p.Unit, calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("identity.CreatePerson %d: %w", p.ID, err)
	}
	a := onPerson(p.ID, stepCreated, by)
	a.facts = map[string]string{"unit": strconv.FormatInt(p.Unit, 10)}
	// The hash, not the number: with its salt a number of so few free digits could be found by trying.
	a.private = map[string]string{"name": p.Name, "identity": hash}
	return record(tx, by.County, a)
}

// freeHash gives the keyed hash of a number that no person of the county has yet.
func freeHash(tx *store.Tx, keys *Keys, county int64, number Number) (string, error) {
	hash, err := keys.Hash(county, fieldNumber, number.Value)
	if err != nil {
		return "", err
	}
	holder, err := scanPerson(tx.QueryRow(personQuery+` and p.id_hash = $2`, county, hash))
	switch {
	case errors.Is(err, store.ErrNoRows):
		return hash, nil
	case err != nil:
		return "", fmt.Errorf("identity: look up a number: %w", err)
	}
	return "", fault.Newf(fault.Conflict, "person-exists", "同一人请使用已有登记,需要时为其另开登录名",
		"身份证号 %s 已登记为「%s」的「%s」", holder.Masked, holder.UnitName, holder.Name).In("id_no")
}

// RegisterNumber gives a person whom init made without one an identity number.
func RegisterNumber(tx *store.Tx, keys *Keys, by Actor, person int64, text string) error {
	p, err := GetPerson(tx, by.County, person)
	if err != nil {
		return err
	}
	if err := by.Require(p.UnitPath, "登记身份证号", SysAdmin); err != nil {
		return err
	}
	if p.Registered() {
		return fault.Newf(fault.Refused, "person-registered", "号码登记后不能改动;登错的请新建人员并停用原登录名",
			"「%s」的身份证号 %s 已登记", p.Name, p.Masked).In("id_no")
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	number, err := ParseNumber(text, today)
	if err != nil {
		return err
	}
	hash, err := freeHash(tx, keys, by.County, number)
	if err != nil {
		return err
	}
	sealed, err := keys.Seal(by.County, person, fieldNumber, number.Value)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`update person set id_sealed = $3, id_hash = $4, id_masked = $5 where county_id = $1 and person_id = $2`,
		by.County, person, sealed, hash, Mask(number.Value))
	if err != nil {
		return fmt.Errorf("identity.RegisterNumber %d: %w", person, err)
	}
	a := onPerson(person, stepNumber, by)
	a.private = map[string]string{"identity": hash}
	return record(tx, by.County, a)
}

const personQuery = `select p.person_id, p.name, p.id_masked, p.unit_id, u.name, u.path from person p
	join unit u on u.county_id = p.county_id and u.unit_id = p.unit_id where p.county_id = $1`

func scanPerson(row interface{ Scan(...any) error }) (Person, error) {
	var p Person
	err := row.Scan(&p.ID, &p.Name, &p.Masked, &p.Unit, &p.UnitName, &p.UnitPath)
	return p, err
}

// GetPerson gives a person by id.
func GetPerson(tx *store.Tx, county, person int64) (Person, error) {
	p, err := scanPerson(tx.QueryRow(personQuery+` and p.person_id = $2`, county, person))
	if errors.Is(err, store.ErrNoRows) {
		return p, fault.Newf(fault.NotFound, "person-unknown", "请从人员列表中选择", "没有编号为 %d 的人员", person)
	}
	if err != nil {
		return p, fmt.Errorf("identity.GetPerson %d: %w", person, err)
	}
	return p, nil
}

// FindByNumber gives the person who has an identity number; found is false where there is none.
func FindByNumber(tx *store.Tx, keys *Keys, county int64, text string) (p Person, found bool, err error) {
	hash, err := keys.Hash(county, fieldNumber, strings.ToUpper(strings.TrimSpace(text)))
	if err != nil {
		return p, false, err
	}
	p, err = scanPerson(tx.QueryRow(personQuery+` and p.id_hash = $2`, county, hash))
	if errors.Is(err, store.ErrNoRows) {
		return Person{}, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("identity.FindByNumber: %w", err)
	}
	return p, true, nil
}

// ListPersons gives the persons of the units at or below prefix, by unit and name. It needs no keys.
func ListPersons(tx *store.Tx, county int64, prefix string) ([]Person, error) {
	lower, upper := org.Subtree(prefix)
	rows, err := tx.Query(personQuery+` and u.path >= $2 and u.path < $3 order by u.code, p.name, p.person_id`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("identity.ListPersons: %w", err)
	}
	defer rows.Close()
	var all []Person
	for rows.Next() {
		p, err := scanPerson(rows)
		if err != nil {
			return nil, fmt.Errorf("identity.ListPersons: %w", err)
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// Names gives the names of a county's persons by id, for lists that show who did what.
func Names(tx *store.Tx, county int64) (map[int64]string, error) {
	rows, err := tx.Query(`select person_id, name from person where county_id = $1`, county)
	if err != nil {
		return nil, fmt.Errorf("identity.Names: %w", err)
	}
	defer rows.Close()
	names := map[int64]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, fmt.Errorf("identity.Names: %w", err)
		}
		names[id] = name
	}
	return names, rows.Err()
}
