package identity_test

import (
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
)

// The numbers belong to nobody alive: birth years 1800 or an invented region.
func TestParseNumber(t *testing.T) {
	for _, c := range []struct {
		text, value, fault string
	}{
		{text: "11010519491231002X", value: "11010519491231002X"},
		{text: " 110105 19491231 002x ", value: "11010519491231002X"},
		{text: number(7), value: number(7)},
		{text: "330327180001010010", fault: "identity-birth-too-old"},
		{text: "999999180001010016", fault: "identity-birth-too-old"},
		{text: "620821180002290024", fault: "identity-birth-date"},
		{text: "520203180013010017", fault: "identity-birth-date"},
		{text: "110105194912310021", fault: "identity-check-digit"},
		{text: "110105491231002", fault: "identity-15-digits"},
		{text: "11010519491231002", fault: "identity-malformed"},
		{text: "1101051949123100２X", fault: "identity-malformed"},
		{text: "X1010519491231002X", fault: "identity-malformed"},
		{text: "", fault: "identity-malformed"},
	} {
		n, err := identity.ParseNumber(c.text, "2026-10-23")
		if c.fault != "" {
			if !fault.HasCode(err, c.fault) || fault.As(err).Field != "id_no" {
				t.Errorf("%q: got %v, want %s", c.text, err, c.fault)
			}
			continue
		}
		if err != nil || n.Value != c.value {
			t.Errorf("%q: got %+v, %v", c.text, n, err)
		}
	}
	if _, err := identity.ParseNumber("11010519491231002X", "1949-12-30"); !fault.HasCode(err, "identity-birth-future") {
		t.Errorf("a birth in the future: %v", err)
	}
}

func TestMask(t *testing.T) {
	for number, want := range map[string]string{"11010519491231002X": "110105********002X", "1234": "****", "": ""} {
		if got := identity.Mask(number); got != want {
			t.Errorf("%q masked is %q, want %q", number, got, want)
		}
	}
}
