package standard

import (
	"cmp"
	"slices"
	"strings"
)

// FindDivisions looks divisions up by the beginning of the code, a part of the name, or the beginning of the pinyin
// initials or of the full pinyin (330327, 苍南, cnx, cangnan). What matches whole comes first; then counties, cities and
// provinces, townships, villages; among them names that begin with the query; then code order. Each question reads the
// whole table once.
func FindDivisions(query string, limit int) ([]Division, error) {
	query = strings.ToLower(strings.TrimSpace(query))
	if query == "" || limit <= 0 {
		return nil, nil
	}
	matches := matcher(query)
	var best []candidate
	err := eachDivision(func(code, name string, at int, p *path) bool {
		how := matches(code, name)
		if how == none {
			return true
		}
		c := candidate{how: how, at: at, Division: Division{Code: code, Name: name, Level: levels[at]}}
		place, _ := slices.BinarySearchFunc(best, c, candidate.compare)
		if place == limit {
			return true
		}
		c.FullName = p.fullName(at)
		if len(best) == limit {
			best = best[:limit-1]
		}
		best = slices.Insert(best, place, c)
		return true
	})
	if err != nil {
		return nil, err
	}
	list := make([]Division, len(best))
	for i, c := range best {
		list[i] = c.Division
	}
	return list, nil
}

// match says how well a row answers a query; smaller is better, none is no answer.
type match int

const (
	none match = iota
	whole
	begins
	contains
)

type candidate struct {
	Division
	how match
	at  int
}

// standing orders the levels in a list of answers: people look for their county or township far oftener than for a
// village of the same name.
var standing = [len(levels)]int{0: 2, 1: 1, 2: 0, 3: 3, 4: 4}

func (c candidate) compare(d candidate) int {
	return cmp.Or(
		cmp.Compare(min(c.how, begins), min(d.how, begins)),
		cmp.Compare(standing[c.at], standing[d.at]),
		cmp.Compare(c.how, d.how),
		cmp.Compare(c.Code, d.Code),
	)
}

// matcher chooses by the query's characters what it is compared with.
func matcher(query string) func(code, name string) match {
	switch {
	case strings.Trim(query, "0123456789") == "":
		return func(code, _ string) match { return matchText(code, query, false) }
	case strings.Trim(query, "abcdefghijklmnopqrstuvwxyz0123456789") == "":
		s := newSpeller()
		return func(_, name string) match { return s.match(name, query) }
	default:
		return func(_, name string) match { return matchText(name, query, true) }
	}
}

func matchText(text, query string, inside bool) match {
	switch {
	case text == query:
		return whole
	case strings.HasPrefix(text, query):
		return begins
	case inside && strings.Contains(text, query):
		return contains
	default:
		return none
	}
}

// match compares a name's initials and its full reading with the query, and stops reading at the first letter that fits
// neither.
func (s *speller) match(name, query string) match {
	initials, full := query, query // what is left to match
	initialsOpen, fullOpen := true, true
	initialsLonger, fullLonger := false, false
	for syllable := range s.syllables(name) {
		if initialsOpen {
			switch {
			case initials == "":
				initialsLonger = true
			case initials[0] == syllable[0]:
				initials = initials[1:]
			default:
				initialsOpen = false
			}
		}
		if fullOpen {
			switch {
			case strings.HasPrefix(full, syllable):
				full = full[len(syllable):]
			case strings.HasPrefix(syllable, full):
				full, fullLonger = "", true
			default:
				fullOpen = false
			}
		}
		if !initialsOpen && !fullOpen {
			return none
		}
	}
	initialsFit := initialsOpen && initials == ""
	fullFit := fullOpen && full == ""
	switch {
	case initialsFit && !initialsLonger, fullFit && !fullLonger:
		return whole
	case initialsFit, fullFit:
		return begins
	default:
		return none
	}
}
