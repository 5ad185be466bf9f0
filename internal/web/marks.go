package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
)

// mark is one thing that is wrong with a form, where the person finds it.
type mark struct {
	Half    string `json:"half"` // f or b; empty: the head
	Line    int    `json:"line"` // among the lines of its half that are not blank, from 1; 0: no single line
	Field   string `json:"field"`
	Message string `json:"message"` // with the way out
}

// fail keeps what was refused, and beside it everything else that is wrong with what was typed.
func (t *typing) fail(err error) {
	t.wrong = err
	var at *ledger.LineError
	if errors.As(err, &at) {
		t.line = at.Line
	}
	if f := fault.As(err); f == nil || f.Kind == fault.Conflict {
		return
	}
	problems := t.draft.Problems(t.chart, t.book)
	if !slices.ContainsFunc(problems, func(p error) bool { return sameFault(p, err) }) {
		problems = append([]error{err}, problems...)
	}
	t.marks = t.marked(problems)
}

func sameFault(a, b error) bool {
	return lineOf(a) == lineOf(b) && (fault.As(a).Code == fault.As(b).Code || lineOf(a) > 0 && fault.As(a).Field == fault.As(b).Field)
}

func lineOf(err error) int {
	var at *ledger.LineError
	if errors.As(err, &at) {
		return at.Line
	}
	return 0
}

// marked turns problems into marks; what means the whole voucher has no mark but the sentence above the form.
func (t *typing) marked(problems []error) []mark {
	financial, _ := t.halves()
	var out []mark
	for _, p := range problems {
		f := fault.As(p)
		m := mark{Line: lineOf(p), Field: f.Field, Message: strings.TrimSuffix(f.Error(), "。")}
		switch {
		case m.Line == 0 && !slices.Contains(headFields, m.Field):
			continue
		case m.Line > len(financial):
			m.Half, m.Line = "b", m.Line-len(financial)
		case m.Line > 0:
			m.Half = "f"
		}
		out = append(out, m)
	}
	return out
}

// headFields are the fields above the lines, and the reason below them.
var headFields = []string{"date", "word", "attachments", "note"}

// place names a line as the form shows it: each half counts its own.
func (t *typing) place() string {
	financial, _ := t.halves()
	if t.line <= len(financial) {
		return t.placeOf("f", t.line)
	}
	return t.placeOf("b", t.line-len(financial))
}

func (t *typing) placeOf(key string, line int) string {
	switch {
	case !t.chart.TwoHalves():
		return fmt.Sprintf("第 %d 行", line)
	case key == "f":
		return fmt.Sprintf("%s第 %d 行", ledger.Financial.Title(), line)
	default:
		return fmt.Sprintf("%s第 %d 行", ledger.Budgetary.Title(), line)
	}
}

// say is the sentence above the form, nil where nothing was refused.
func (t *typing) say() *say {
	f := fault.As(t.wrong)
	if f == nil {
		return nil
	}
	s := sayFault(f)
	if t.line > 0 {
		s.Message = t.place() + ":" + s.Message
	}
	if len(t.marks) > 1 {
		s.Hint += fmt.Sprintf("。共有 %d 处须改,已在格中标出", len(t.marks))
	}
	if t.kept {
		s.Hint += "。本凭证已存为草稿"
	}
	return s
}
