package trail

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Object builds canonical json (RFC 8785) of one object: keys in ascending order, no blanks, whole numbers only. Keys
// are plain ASCII, so that byte order is the order the standard asks for.
type Object struct {
	buf  []byte
	last string
}

// NewObject begins an object.
func NewObject() *Object { return &Object{buf: append(make([]byte, 0, 512), '{')} }

func (o *Object) key(k string) {
	if k <= o.last {
		panic(fmt.Sprintf("trail: key %q after %q", k, o.last))
	}
	if o.last != "" {
		o.buf = append(o.buf, ',')
	}
	o.last = k
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, k...)
	o.buf = append(o.buf, '"', ':')
}

// Text adds a string.
func (o *Object) Text(key, value string) *Object {
	o.key(key)
	o.buf = appendString(o.buf, value)
	return o
}

// Int adds a whole number; it must be exact as a double (under 2^53), which every amount in fen is.
func (o *Object) Int(key string, value int64) *Object {
	if value > 1<<53 || value < -1<<53 {
		panic(fmt.Sprintf("trail: %s: %d is not exact", key, value))
	}
	o.key(key)
	o.buf = strconv.AppendInt(o.buf, value, 10)
	return o
}

// Texts adds an array of strings.
func (o *Object) Texts(key string, values []string) *Object {
	o.key(key)
	o.buf = append(o.buf, '[')
	for i, v := range values {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = appendString(o.buf, v)
	}
	o.buf = append(o.buf, ']')
	return o
}

// Objects adds an array of n objects, each filled by fill.
func (o *Object) Objects(key string, n int, fill func(i int, inner *Object)) *Object {
	o.key(key)
	o.buf = append(o.buf, '[')
	for i := range n {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		inner := &Object{buf: append(o.buf, '{')}
		fill(i, inner)
		o.buf = append(inner.buf, '}')
	}
	o.buf = append(o.buf, ']')
	return o
}

// Object adds an inner object.
func (o *Object) Object(key string, fill func(inner *Object)) *Object {
	o.key(key)
	inner := &Object{buf: append(o.buf, '{')}
	fill(inner)
	o.buf = append(inner.buf, '}')
	return o
}

// Bytes ends the object.
func (o *Object) Bytes() []byte { return append(o.buf, '}') }

const hexDigits = "0123456789abcdef"

// appendString writes a json string as RFC 8785 section 3.2.2.2 does: only quotes, backslash and controls are escaped.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	if plain(s) {
		return append(append(b, s...), '"')
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(b, "\ufffd"...)
			} else {
				b = append(b, s[i:i+n]...)
			}
			i += n
			continue
		}
		i++
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// plain tells whether a string stands in json as it is: nearly all do, and every posted line holds several.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			return false
		}
	}
	return utf8.ValidString(s)
}
