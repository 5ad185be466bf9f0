package statement

import (
	"strings"

	"xiangzhang/internal/ledger"
)

// Fold says whether what lies below a row is shown.
type Fold string

// The folds. A row without anything below it has none.
const (
	Folded   Fold = "folded"
	Unfolded Fold = "unfolded"
)

// folds says which rows of a table are unfolded: all above a level, but for those that are named. "1002,-1601" unfolds
// 1002 and folds 1601.
type folds struct {
	levels int // AllLevels: every level
	named  map[string]bool
}

func newFolds(levels int, text string) folds {
	f := folds{levels, map[string]bool{}}
	for part := range strings.SplitSeq(text, ",") {
		if code, folded := strings.CutPrefix(strings.TrimSpace(part), "-"); code != "" {
			f.named[code] = !folded
		}
	}
	return f
}

// open reports whether what lies below a row of a level is shown.
func (f folds) open(code string, level int) bool {
	if open, named := f.named[code]; named {
		return open
	}
	return f.levels == AllLevels || level < f.levels
}

// rollUp adds leaf accounts into their parents, as far down as the folds show; fold tells of each whether more lies
// below it.
func (f *figures) rollUp(leaves map[accountKey]ledger.Move, folds folds) (sums map[accountKey]ledger.Move, fold map[accountKey]Fold) {
	sums, fold = map[accountKey]ledger.Move{}, map[accountKey]Fold{}
	for k, move := range leaves {
		var above []*ledger.Account // from the leaf up
		for code := k.code; code != ""; {
			a := f.account(k.chart, code)
			above = append(above, a)
			code = a.Parent
		}
		for i := len(above) - 1; i >= 0; i-- {
			a := above[i]
			key := accountKey{k.chart, a.Code}
			sums[key] = Add(sums[key], move)
			if i == 0 || move == (ledger.Move{}) {
				continue
			}
			if !folds.open(a.Code, a.Level) {
				fold[key] = Folded
				break
			}
			fold[key] = Unfolded
		}
	}
	return sums, fold
}
