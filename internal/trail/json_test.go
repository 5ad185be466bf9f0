package trail_test

import (
	"encoding/json"
	"testing"

	"xiangzhang/internal/trail"
)

func text(s string) string { return string(trail.NewObject().Text("k", s).Bytes()) }

// TestObject_Strings compares with RFC 8785: section 3.2.2 (the example) and 3.2.2.2 (the rules).
func TestObject_Strings(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", `""`},
		{"abc", `"abc"`},
		{"\u20ac$\u000f\nA'B\"\\\\\"/", `"€$\u000f\nA'B\"\\\\\"/"`}, // the string of the RFC's sample
		{"\b\t\n\f\r", `"\b\t\n\f\r"`},
		{"\x00\x01\x1f", `"\u0000\u0001\u001f"`},
		{"\x7f", "\"\x7f\""},
		{"</script>&", `"</script>&"`},
		{"\u2028\u2029", "\"\u2028\u2029\""},
		{"付办公用品款", `"付办公用品款"`},
		{"\u05d3\ufb33\U0001f600", "\"\u05d3\ufb33\U0001f600\""},
		{"\u00e9 e\u0301", "\"\u00e9 e\u0301\""}, // no normalisation
		{"\ufeff", "\"\ufeff\""},
		{"a\xffb", "\"a\ufffdb\""},
	} {
		if got, want := text(c.in), `{"k":`+c.want+`}`; got != want {
			t.Errorf("%q is written %s, want %s", c.in, got, want)
		}
	}
}

func TestObject_Shape(t *testing.T) {
	o := trail.NewObject().Int("a", -1).Int("b", 1<<53).Int("c", -(1<<53)).Texts("d", nil).Texts("e", []string{"x", "y"})
	o.Objects("f", 2, func(i int, inner *trail.Object) { inner.Int("n", int64(i)).Text("t", "z") })
	o.Object("g", func(*trail.Object) {}).Text("h", "")
	const want = `{"a":-1,"b":9007199254740992,"c":-9007199254740992,"d":[],"e":["x","y"],"f":[{"n":0,"t":"z"},{"n":1,"t":"z"}],"g":{},"h":""}`
	if got := string(o.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(trail.NewObject().Bytes()); got != `{}` {
		t.Errorf("an empty object is %s", got)
	}
}

func TestObject_PanicsOnWhatIsNotCanonical(t *testing.T) {
	for what, f := range map[string]func(){
		"keys out of order":          func() { trail.NewObject().Text("b", "").Text("a", "") },
		"a key twice":                func() { trail.NewObject().Text("a", "").Int("a", 1) },
		"inner keys out of order":    func() { trail.NewObject().Object("o", func(i *trail.Object) { i.Int("b", 1).Int("a", 1) }) },
		"a key after an inner one":   func() { trail.NewObject().Object("o", func(i *trail.Object) { i.Int("z", 1) }).Int("a", 1) },
		"a number that is not exact": func() { trail.NewObject().Int("n", 1<<53+1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", what)
				}
			}()
			f()
		}()
	}
}

// FuzzObject_ReadsBack: whatever the text, the json is valid, says the same, and is its own canonical form.
func FuzzObject_ReadsBack(f *testing.F) {
	for _, s := range []string{"", "付款", "\x00\"\\", "\u2028", "a\xffb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var back struct{ K string }
		written := text(s)
		if err := json.Unmarshal([]byte(written), &back); err != nil {
			t.Fatalf("%q is written %s: %v", s, written, err)
		}
		if again := text(back.K); again != written {
			t.Errorf("%q is written %s, and read back %s", s, written, again)
		}
	})
}
