// Package fault carries what went wrong from the rule that found it to the person who can mend it.
//
// A fault has a kind (what the caller may do about it), a message for the person (the rule and the amounts, in Chinese),
// a hint (the way out) and, for the log, the cause. Packages wrap a fault once with verb and key; they handle it or
// return it, never both. Only the edges (pages, commands) turn kinds into a status or an exit code.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what the caller can do about a fault.
type Kind int

const (
	// Invalid: the input is wrong; correct it and send it again.
	Invalid Kind = iota + 1
	// NotFound: there is no such thing, or the caller has no right to know of it.
	NotFound
	// Conflict: somebody else was first; read again and repeat.
	Conflict
	// Forbidden: the person, the role or the unit may not do this.
	Forbidden
	// Refused: a rule of the domain forbids it, whoever asks.
	Refused
)

// String names the kind in json output and in metrics.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not-found"
	case Conflict:
		return "conflict"
	case Forbidden:
		return "forbidden"
	case Refused:
		return "refused"
	default:
		return "unknown"
	}
}

// Error is a fault that a person can be shown.
type Error struct {
	Kind    Kind
	Code    string // stable name of the case, for example "voucher-unbalanced"; keys testdata/faults
	Field   string // the input field that is wrong, empty when it is the whole
	Message string // what is wrong, with the rule and the amounts
	Hint    string // the way out
	Cause   error  // for the log, never shown
}

// Error gives the whole sentence that a person sees: message, then the way out.
func (e *Error) Error() string {
	if e.Hint == "" {
		return e.Message + "。"
	}
	return e.Message + ";" + e.Hint + "。"
}

// Unwrap gives the cause, for errors.Is.
func (e *Error) Unwrap() error { return e.Cause }

// In gives the fault with the input field that it is about. The fault itself stays as it is: one variable may serve
// many callers at once.
func (e *Error) In(field string) *Error {
	named := *e
	named.Field = field
	return &named
}

// Because gives the fault with its cause, for the log.
func (e *Error) Because(cause error) *Error {
	caused := *e
	caused.Cause = cause
	return &caused
}

// New makes a fault. message and hint are sentences without a final stop.
func New(kind Kind, code, message, hint string) *Error {
	return &Error{Kind: kind, Code: code, Message: strings.TrimSuffix(message, "。"), Hint: strings.TrimSuffix(hint, "。")}
}

// Newf is New with a formatted message.
func Newf(kind Kind, code, hint, format string, args ...any) *Error {
	return New(kind, code, fmt.Sprintf(format, args...), hint)
}

// As gives the fault inside err, or nil where err holds none.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is reports whether err holds a fault of the kind.
func Is(err error, kind Kind) bool {
	e := As(err)
	return e != nil && e.Kind == kind
}

// HasCode reports whether err holds a fault of that code.
func HasCode(err error, code string) bool {
	e := As(err)
	return e != nil && e.Code == code
}
