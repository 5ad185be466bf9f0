package sheet

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
)

// shownProblems bounds the problems that the text of an error lists; json has all of them.
const shownProblems = 20

// Problem is one thing that is wrong with a file, where the person finds it.
type Problem struct {
	Row     int    `json:"row"`    // as the person sees it, from 1; 0 when the whole file is meant
	Column  string `json:"column"` // the head as the file writes it; empty when the whole row is meant
	Message string `json:"message"`
	cause   error
}

// Problems collects what is wrong with a file, so that all of it can be mended at once.
type Problems []Problem

// Add notes err against a cell; a nil err is no problem. The head is best taken from Table.Head.
func (p *Problems) Add(row int, column string, err error) {
	if err == nil {
		return
	}
	message := err.Error()
	if f := fault.As(err); f != nil {
		message = f.Error()
	}
	*p = append(*p, Problem{Row: row, Column: column, Message: message, cause: err})
}

// Err gives the problems as an error, nil when there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// ProblemsOf gives any error of a file as problems: those it holds, or itself as one that means the whole file.
func ProblemsOf(err error) Problems {
	if err == nil {
		return nil
	}
	if p, ok := err.(Problems); ok {
		return p
	}
	var p Problems
	p.Add(0, "", err)
	return p
}

// Error lists the first problems, one a line.
func (p Problems) Error() string {
	var b strings.Builder
	for i, problem := range p {
		if i == shownProblems {
			fmt.Fprintf(&b, "\n……另有 %d 处问题,请先改正以上各处再导入。", len(p)-shownProblems)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(problem.String())
	}
	return b.String()
}

// String gives the problem as a sentence with its place.
func (p Problem) String() string {
	switch {
	case p.Row == 0:
		return p.Message
	case p.Column == "":
		return fmt.Sprintf("第 %d 行:%s", p.Row, p.Message)
	default:
		return fmt.Sprintf("第 %d 行「%s」:%s", p.Row, p.Column, p.Message)
	}
}

// Unwrap gives the faults, so that their kind and code are found.
func (p Problems) Unwrap() []error {
	causes := make([]error, 0, len(p))
	for _, problem := range p {
		if problem.cause != nil {
			causes = append(causes, problem.cause)
		}
	}
	return causes
}

// sorted puts the problems in the order of the file.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int { return a.Row - b.Row })
	return p
}
