package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"testing"
)

// An archive of more than 65,535 parts keeps its directory's place in a record of its own.
func TestNothingBeside_LargeDirectory(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 70_000 {
		if _, err := w.Create(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.SetComment("of many parts"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text  []byte
		whole bool
	}{{b.Bytes(), true}, {append(bytes.Clone(b.Bytes()), 0), false}, {append(bytes.Clone(b.Bytes()), b.Bytes()...), false}} {
		r := bytes.NewReader(c.text)
		z, err := zip.NewReader(r, r.Size())
		if err != nil {
			t.Fatal(err)
		}
		if err := nothingBeside(r, r.Size(), z); (err == nil) != c.whole {
			t.Errorf("%d bytes: %v", len(c.text), err)
		}
	}
}
