package archive

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"xiangzhang/internal/store"
)

// kinds has a column of every type, nulls allowed.
var kinds = []store.Column{{Name: "county_id", Type: store.Int}, {Name: "name", Type: store.Text}, {Name: "confirmed", Type: store.Bool}}

func TestRow_ThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		orNil := func(g *rapid.Generator[any]) any {
			return rapid.OneOf(g, rapid.Just[any](nil)).Draw(t, "value")
		}
		row := []any{orNil(rapid.Int64().AsAny()), orNil(rapid.String().AsAny()), orNil(rapid.Bool().AsAny())}
		line, err := appendRow(nil, kinds, row)
		if err != nil {
			t.Fatal(err)
		}
		var asJSON []any
		if err := json.Unmarshal(line, &asJSON); err != nil || len(asJSON) != len(row) || row[1] != asJSON[1] {
			t.Fatalf("%s is not a JSON array of the row: %v", line, err)
		}
		back, err := parseRow(line[:len(line)-1], kinds)
		if err != nil || !reflect.DeepEqual(back, row) {
			t.Fatalf("%v came back as %v (%v) from %s", row, back, err, line)
		}
	})
}

func TestRow_SQLiteBoolIsABool(t *testing.T) {
	line, err := appendRow(nil, kinds, []any{int64(math.MinInt64), "a", int64(1)})
	if want := "[-9223372036854775808,\"a\",true]\n"; err != nil || string(line) != want {
		t.Errorf("%s (%v), want %s", line, err, want)
	}
}

func TestRow_RefusesWhatDoesNotFit(t *testing.T) {
	for _, row := range [][]any{
		{"1", "a", true}, {int64(1), int64(2), true}, {int64(1), "a", "true"}, {1.5, "a", true}, {int64(1), "\xff", true}, {[]byte("1"), "a", true},
	} {
		if line, err := appendRow(nil, kinds, row); err == nil {
			t.Errorf("%#v became %s", row, line)
		}
	}
	for _, line := range []string{
		``, `[`, `[]`, `[1,"a"]`, `[1,"a",true`, `[1,"a",true,1]`, `[1,"a",true]x`, `["1","a",true]`, `[1,a,true]`, `[1.5,"a",true]`,
		`[99999999999999999999,"a",true]`, `[1,"a,true]`, `[1,"a\",true]`, `[1,"\q",true]`, `[1,"a",1]`, `[1,"a","true"]`, ` [1,"a",true]`, "[1,\"\xff\",true]",
	} {
		if row, err := parseRow([]byte(line), kinds); err == nil {
			t.Errorf("%s was read as %#v", line, row)
		}
	}
}

// FuzzParseRow: whatever is taken for a row is one that has a text of its own.
func FuzzParseRow(f *testing.F) {
	f.Fuzz(func(t *testing.T, line []byte) {
		row, err := parseRow(line, kinds)
		if err != nil {
			return
		}
		text, err := appendRow(nil, kinds, row)
		if err != nil {
			t.Fatalf("%q was read as %#v: %v", line, row, err)
		}
		back, err := parseRow(text[:len(text)-1], kinds)
		if err != nil || !reflect.DeepEqual(row, back) {
			t.Fatalf("%q became %#v, then %#v (%v)", line, row, back, err)
		}
	})
}
