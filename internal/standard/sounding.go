package standard

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// sounds are the letters with which a character's readings begin, one bit each, and whether it may be left out.
type sounds uint32

// leftOut marks what follows a number and is not keyed: 月 in 付10月办公用品款.
const leftOut sounds = 1 << 31

// letter gives the bit of a small letter, and nothing for other characters.
func letter(r rune) sounds {
	if r < 'a' || r > 'z' {
		return 0
	}
	return 1 << (r - 'a')
}

// soundsOf holds the characters up to the end of the common plane with all their readings, the corrections too: whoever
// looks for 会计 keys kj or hj. Letters stand for themselves.
var soundsOf = sync.OnceValue(func() []sounds {
	out := make([]sounds, 1<<16)
	for r, readings := range pinyin.PinyinDict {
		if r >= len(out) {
			continue
		}
		for reading := range strings.SplitSeq(readings, ",") {
			if plain := toneless(reading); plain != "" {
				out[r] |= letter(rune(plain[0]))
			}
		}
	}
	for _, list := range phrases() {
		for _, p := range list {
			i := 0
			for _, r := range p.text {
				out[r] |= letter(rune(p.syllables[i][0]))
				i++
			}
		}
	}
	for r := range rune(utf8.RuneSelf) {
		out[r] = letter(unicode.ToLower(r))
	}
	return out
})

// Sounding gives a test whether the readings of characters in a row begin with the letters, anywhere in a text, whichever
// reading a character has. Numbers are passed over, with 月 and 年 behind them or without. It keeps a buffer: for one
// caller at a time.
func Sounding(letters string) func(text string) bool {
	var wanted []sounds
	for _, r := range strings.ToLower(letters) {
		wanted = append(wanted, letter(r))
	}
	known := soundsOf()
	var row []sounds
	return func(text string) bool {
		row = row[:0]
		numbered := false
		for _, r := range text {
			if r >= '0' && r <= '9' {
				numbered = true
				continue
			}
			var s sounds
			if int(r) < len(known) {
				s = known[r]
			}
			if numbered = numbered && strings.ContainsRune("年度月份", r); numbered {
				s |= leftOut
			}
			if s != 0 {
				row = append(row, s)
			}
		}
		for i := range row {
			if sound(row[i:], wanted) {
				return true
			}
		}
		return len(wanted) == 0
	}
}

// sound tells whether the row begins with what is wanted.
func sound(row, wanted []sounds) bool {
	for len(wanted) > 0 {
		if len(row) == 0 {
			return false
		}
		if row[0]&leftOut != 0 && sound(row[1:], wanted) {
			return true
		}
		if row[0]&wanted[0] == 0 {
			return false
		}
		row, wanted = row[1:], wanted[1:]
	}
	return true
}
