// Package text checks what people type on one line: names, summaries, reasons. What is kept must be what is seen, on
// the page and on paper, so characters without a shape are refused rather than dropped: a silent change would be found
// only at the audit.
package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"xiangzhang/internal/fault"
)

// Check refuses text with characters that nobody sees, or of more than most characters. field is the input's name,
// from which the code of the second case is made (reason-too-long); title names it in sentences.
func Check(field, title, value string, most int) error {
	at := 0
	for _, r := range value {
		if at++; hidden(r) {
			return fault.Newf(fault.Invalid, "text-hidden-character", "请删去后重新输入,不要从网页或其他软件粘贴",
				"%s第 %d 个字符看不见(U+%04X),会使显示的文字与存下的不同", title, at, r).In(field)
		}
	}
	if n := utf8.RuneCountInString(value); n > most {
		return fault.Newf(fault.Invalid, strings.ReplaceAll(field, "_", "-")+"-too-long", fmt.Sprintf("请删去 %d 个字", n-most),
			"%s最多 %d 个字,现有 %d 个字", title, most, n).In(field)
	}
	return nil
}

// hidden holds for control characters, for the format characters of Unicode (zero width, reading direction, byte order
// mark) and for its line and paragraph separators.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
