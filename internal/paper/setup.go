package paper

import (
	"encoding/json"
	"errors"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// Form is how vouchers come onto sheets.
type Form string

// The forms of vouchers.
const (
	FormA5      Form = "a5"      // one to a sheet, A5 across
	FormRoll    Form = "roll"    // one to a sheet of 240 × 140 mm, with its lines
	FormOverlay Form = "overlay" // 套打: only what is written, on a pre-printed sheet of 240 × 140 mm
	FormTwo     Form = "a4-2"    // two to an A4
	FormThree   Form = "a4-3"    // three to an A4
)

// Negative is how a red-letter amount is told from a black one.
type Negative string

// The ways to write amounts below zero.
const (
	RedAndMinus Negative = "both"
	RedOnly     Negative = "red"   // for printers with colour
	MinusOnly   Negative = "minus" // for printers with one colour
)

// Turn is how a sheet of A4 lies.
type Turn string

// The ways an A4 lies. Auto is upright where the columns find room.
const (
	Auto    Turn = "auto"
	Upright Turn = "upright"
	Across  Turn = "across"
)

// Setup is how a person wants things printed. It is kept per person.
type Setup struct {
	Form     Form     `json:"form"`
	Negative Negative `json:"negative"`
	Boxes    bool     `json:"boxes"` // one box for each figure of an amount (金额格)
	Times    bool     `json:"times"` // the times of the steps under the names
	Turn     Turn     `json:"turn"`
	Size     int      `json:"size"`   // of type: 8, 9 or 10 points
	Copies   int      `json:"copies"` // 1 to 9
	Rows     int      `json:"rows"`   // lines of the pre-printed form: 4 to 12
	RightBy  int      `json:"right"`  // tenths of a millimetre by which an overlay is moved to the right
	DownBy   int      `json:"down"`   // tenths of a millimetre by which it is moved down
}

// Usual is what a person begins with.
func Usual() Setup {
	return Setup{Form: FormA5, Negative: RedAndMinus, Times: true, Turn: Auto, Size: 9, Copies: 1, Rows: 8}
}

// moveMost bounds the offsets of an overlay, in tenths of a millimetre.
const moveMost = 300

// Check refuses what no sheet can be printed with.
func (s Setup) Check() error {
	known := func(what string, values ...string) bool {
		for _, v := range values {
			if v == what {
				return true
			}
		}
		return false
	}
	switch {
	case !known(string(s.Form), string(FormA5), string(FormRoll), string(FormOverlay), string(FormTwo), string(FormThree)),
		!known(string(s.Negative), string(RedAndMinus), string(RedOnly), string(MinusOnly)),
		!known(string(s.Turn), string(Auto), string(Upright), string(Across)):
		return fault.New(fault.Invalid, "print-choice", "打印设置中有不认识的选项", "请从列表中重新选择").In("form")
	case s.Size < 8 || s.Size > 10:
		return fault.Newf(fault.Invalid, "print-size", "请选小、中、大之一", "字号 %d 不能打印", s.Size).In("size")
	case s.Copies < 1 || s.Copies > 9:
		return fault.Newf(fault.Invalid, "print-copies", "请填 1 到 9", "份数 %d 不合规则", s.Copies).In("copies")
	case s.Rows < 4 || s.Rows > 12:
		return fault.Newf(fault.Invalid, "print-rows", "请按凭证纸填 4 到 12", "套打行数 %d 不合规则", s.Rows).In("rows")
	case max(s.RightBy, -s.RightBy, s.DownBy, -s.DownBy) > moveMost:
		return fault.Newf(fault.Invalid, "print-move", "请填 -30.0 到 30.0 毫米", "套打偏移右 %.1f、下 %.1f 毫米,超出纸面",
			float64(s.RightBy)/10, float64(s.DownBy)/10).In("right")
	}
	return nil
}

// SetupOf gives how a person wants things printed; Usual where he never said.
func SetupOf(tx *store.Tx, county, person int64) (Setup, error) {
	s := Usual()
	var text string
	err := tx.QueryRow(`select setup from print_setup where county_id = $1 and person_id = $2`, county, person).Scan(&text)
	if errors.Is(err, store.ErrNoRows) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &s)
	}
	if err != nil {
		return s, fmt.Errorf("paper.SetupOf %d: %w", person, err)
	}
	return s, nil
}

// Keep keeps how a person wants things printed.
func Keep(tx *store.Tx, county, person int64, s Setup) error {
	if err := s.Check(); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("paper.Keep %d: %w", person, err)
	}
	_, err = tx.Exec(`insert into print_setup (county_id, person_id, setup, changed_at) values ($1, $2, $3, $4)
		on conflict (county_id, person_id) do update set setup = excluded.setup, changed_at = excluded.changed_at`,
		county, person, string(text), calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("paper.Keep %d: %w", person, err)
	}
	return nil
}
