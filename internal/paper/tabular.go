package paper

import (
	"encoding/binary"
	"fmt"
)

// tabular gives the figures of a TrueType font one width, each in its middle, so that amounts stand under each other. The
// font's own are as wide as each is; it changes the horizontal metrics in place.
func tabular(font []byte) error {
	hhea, hmtx, cmap := tableAt(font, "hhea"), tableAt(font, "hmtx"), tableAt(font, "cmap")
	if hhea == nil || hmtx == nil || cmap == nil {
		return fmt.Errorf("paper: the font lacks a table")
	}
	metrics := int(binary.BigEndian.Uint16(hhea[34:]))
	var glyphs []int
	widest := 0
	for r := '0'; r <= '9'; r++ {
		g := glyphOf(cmap, r)
		if g == 0 || g >= metrics {
			return fmt.Errorf("paper: the font lacks the figure %c", r)
		}
		glyphs = append(glyphs, g)
		widest = max(widest, int(binary.BigEndian.Uint16(hmtx[4*g:])))
	}
	for _, g := range glyphs {
		width, bearing := int(binary.BigEndian.Uint16(hmtx[4*g:])), int(int16(binary.BigEndian.Uint16(hmtx[4*g+2:])))
		binary.BigEndian.PutUint16(hmtx[4*g:], uint16(widest))
		binary.BigEndian.PutUint16(hmtx[4*g+2:], uint16(bearing+(widest-width)/2))
	}
	return nil
}

// tableAt finds a table of a font; nil where it has none.
func tableAt(font []byte, tag string) []byte {
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		e := font[12+16*i:]
		if string(e[:4]) == tag {
			at, n := binary.BigEndian.Uint32(e[8:]), binary.BigEndian.Uint32(e[12:])
			return font[at : at+n]
		}
	}
	return nil
}

// glyphOf finds the glyph of a character below U+10000 in the first segment table (format 4) of a cmap; 0: none.
func glyphOf(cmap []byte, r rune) int {
	u16 := func(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	for i := range u16(cmap, 2) {
		t := cmap[binary.BigEndian.Uint32(cmap[4+8*i+4:]):]
		if u16(t, 0) != 4 {
			continue
		}
		n := u16(t, 6) // twice the segments
		ends, starts, deltas, offsets := t[14:], t[16+n:], t[16+2*n:], t[16+3*n:]
		for s := 0; s < n; s += 2 {
			if int(r) > u16(ends, s) {
				continue
			}
			start, offset := u16(starts, s), u16(offsets, s)
			switch {
			case int(r) < start:
				return 0
			case offset == 0:
				return (int(r) + u16(deltas, s)) & 0xffff
			}
			if g := u16(offsets, s+offset+2*(int(r)-start)); g != 0 {
				return (g + u16(deltas, s)) & 0xffff
			}
			return 0
		}
	}
	return 0
}
