package standard

import (
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

// Mnemonic gives the pinyin initials by which people key an account or a unit: 银行存款 is yhck. Letters and digits stay,
// punctuation is dropped.
func Mnemonic(name string) string {
	var b strings.Builder
	for syllable := range newSpeller().syllables(name) {
		b.WriteByte(syllable[0])
	}
	return b.String()
}

// A phrase fixes how its characters are read together; a phrase of one character corrects the dictionary's first reading.
type phrase struct {
	text      string
	syllables []string
}

// phrases are kept by first character, longest first.
var phrases = sync.OnceValue(func() map[rune][]phrase {
	rows, err := table("phrases.csv")
	if err != nil {
		panic(err) // an embedded file: a defect of the build
	}
	index := make(map[rune][]phrase, len(rows))
	for _, r := range rows {
		p := phrase{r.get("phrase"), strings.Fields(r.get("pinyin"))}
		first, _ := utf8.DecodeRuneInString(p.text)
		index[first] = append(index[first], p)
	}
	for _, list := range index {
		slices.SortStableFunc(list, func(a, b phrase) int { return len(b.text) - len(a.text) })
	}
	return index
})

// speller reads names; it remembers single readings, so that one speller should read a long list.
type speller struct {
	phrases map[rune][]phrase
	known   map[rune]string
}

func newSpeller() *speller { return &speller{phrases(), map[rune]string{}} }

// syllables yields the readings of a name, one for each character that has one.
func (s *speller) syllables(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for name != "" {
			if p, ok := s.phraseAt(name); ok {
				for _, syllable := range p.syllables {
					if !yield(syllable) {
						return
					}
				}
				name = name[len(p.text):]
				continue
			}
			r, size := utf8.DecodeRuneInString(name)
			name = name[size:]
			if syllable := s.reading(r); syllable != "" && !yield(syllable) {
				return
			}
		}
	}
}

func (s *speller) phraseAt(text string) (phrase, bool) {
	first, _ := utf8.DecodeRuneInString(text)
	for _, p := range s.phrases[first] {
		if strings.HasPrefix(text, p.text) {
			return p, true
		}
	}
	return phrase{}, false
}

func (s *speller) reading(r rune) string {
	syllable, ok := s.known[r]
	if !ok {
		syllable = reading(r)
		s.known[r] = syllable
	}
	return syllable
}

// reading gives the first reading of the dictionary, a letter or digit as it is, and nothing for other characters.
func reading(r rune) string {
	if r < utf8.RuneSelf {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToLower(r))
		}
		return ""
	}
	first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	return toneless(first)
}

func toneless(syllable string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			return r
		}
		switch {
		case strings.ContainsRune("āáǎà", r):
			return 'a'
		case strings.ContainsRune("ēéěèêếề", r):
			return 'e'
		case strings.ContainsRune("īíǐì", r):
			return 'i'
		case strings.ContainsRune("ōóǒò", r):
			return 'o'
		case strings.ContainsRune("ūúǔù", r):
			return 'u'
		case strings.ContainsRune("ǖǘǚǜü", r):
			return 'v'
		case strings.ContainsRune("ńňǹ", r):
			return 'n'
		case r == 'ḿ':
			return 'm'
		default:
			return -1 // combining tone marks
		}
	}, syllable)
}
