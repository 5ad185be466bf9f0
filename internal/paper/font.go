package paper

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"

	"github.com/signintech/gopdf"
)

//go:embed font/NotoSerifSC-Regular.ttf.gz
var packedFont []byte

const family = "NotoSerifSC"

// fonts is unpacked and parsed when the first sheet is drawn, and shared by all documents afterwards.
var fonts = sync.OnceValues(func() (*gopdf.FontContainer, error) {
	z, err := gzip.NewReader(bytes.NewReader(packedFont))
	if err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	if err := tabular(data); err != nil {
		return nil, err
	}
	c := &gopdf.FontContainer{}
	if err := c.AddTTFFontData(family, data); err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	return c, nil
})
