package paper

import (
	"strings"
	"unicode"
)

// never stands at the beginning of a line.
const neverFirst = ",。、;:?!)》〉】」』”’%,.;:!?)]}"

// wrap breaks a text into lines of a width. Han characters break anywhere; figures and letters stay together as long as
// they fit a line; a closing mark does not begin one.
func (c *canvas) wrap(s string, width, size float64) []string {
	if s == "" {
		return nil
	}
	var lines []string
	line := ""
	used := 0.0
	flush := func() {
		if line != "" {
			lines = append(lines, line)
		}
		line, used = "", 0
	}
	for _, word := range words(s) {
		w := c.width(word, size)
		if used+w <= width {
			line, used = line+word, used+w
			continue
		}
		if w <= width {
			flush()
			line, used = word, w
			continue
		}
		for _, r := range word { // longer than a line
			w := c.width(string(r), size)
			if used+w > width {
				flush()
			}
			line, used = line+string(r), used+w
		}
	}
	flush()
	return lines
}

// words are the pieces that stay together: a Han character with the closing marks behind it, a run of others.
func words(s string) []string {
	var out []string
	last := ' '
	for _, r := range s {
		joins := len(out) > 0 && (strings.ContainsRune(neverFirst, r) || runs(last) && runs(r))
		if joins {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		last = r
	}
	return out
}

// runs tells characters that are set as a run: letters and figures of Latin script and what stands between them.
func runs(r rune) bool {
	return r < 0x2e80 && !unicode.IsSpace(r) && r != '/'
}
