package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"xiangzhang/internal/store"
)

// appendRow writes a row as one line: a JSON array of its columns. A row has exactly one such text, whatever engine it
// was read from.
func appendRow(b []byte, columns []store.Column, values []any) ([]byte, error) {
	b = append(b, '[')
	for i, c := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, c.Type, values[i]); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return append(b, ']', '\n'), nil
}

func appendValue(b []byte, t store.Type, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case int64:
		switch t {
		case store.Int:
			return strconv.AppendInt(b, v, 10), nil
		case store.Bool: // SQLite keeps 0 and 1
			return strconv.AppendBool(b, v != 0), nil
		}
	case bool:
		if t == store.Bool {
			return strconv.AppendBool(b, v), nil
		}
	case string:
		if t == store.Text {
			return appendText(b, v)
		}
	}
	return nil, fmt.Errorf("a value of type %T does not fit", value)
}

var errNotText = errors.New("text is not UTF-8")

// appendText escapes what JSON demands and nothing else.
func appendText(b []byte, s string) ([]byte, error) {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(s) {
		return nil, errNotText
	}
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		if c < ' ' {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			b = append(b, '\\', c)
		}
		start = i + 1
	}
	b = append(b, s[start:]...)
	return append(b, '"'), nil
}

var errRow = errors.New("not a row")

// parseRow reads what appendRow wrote. The values are new on each call: a batch keeps them.
func parseRow(line []byte, columns []store.Column) ([]any, error) {
	values := make([]any, len(columns))
	rest := line
	for i, c := range columns {
		open := byte(',')
		if i == 0 {
			open = '['
		}
		if len(rest) == 0 || rest[0] != open {
			return nil, errRow
		}
		var err error
		if values[i], rest, err = parseValue(rest[1:], c.Type); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	if string(rest) != "]" {
		return nil, errRow
	}
	return values, nil
}

func parseValue(b []byte, t store.Type) (value any, rest []byte, err error) {
	if len(b) > 0 && b[0] == '"' {
		if t != store.Text {
			return nil, nil, errRow
		}
		return parseText(b)
	}
	end := 0
	for end < len(b) && b[end] != ',' && b[end] != ']' {
		end++
	}
	word, rest := b[:end], b[end:]
	switch {
	case string(word) == "null":
		return nil, rest, nil
	case t == store.Int:
		n, err := strconv.ParseInt(string(word), 10, 64)
		return n, rest, err
	case t == store.Bool && string(word) == "true":
		return true, rest, nil
	case t == store.Bool && string(word) == "false":
		return false, rest, nil
	}
	return nil, nil, errRow
}

func parseText(b []byte) (value any, rest []byte, err error) {
	escaped := false
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			if !escaped {
				if !utf8.Valid(b[1:i]) {
					return nil, nil, errNotText
				}
				return string(b[1:i]), b[i+1:], nil
			}
			var s string
			err := json.Unmarshal(b[:i+1], &s)
			return s, b[i+1:], err
		}
	}
	return nil, nil, errRow
}
