package statement

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"xiangzhang/internal/money"
)

// member is one key of an object whose order is kept, so that the output is stable and reads as the form does.
type member struct {
	key   string
	value any
}

type object []member

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// set puts a value under a dotted key, making the objects between.
func (o object) set(key string, value any) object {
	first, rest, nested := strings.Cut(key, ".")
	if !nested {
		return append(o, member{key, value})
	}
	for i := range o {
		if inner, ok := o[i].value.(object); ok && o[i].key == first {
			o[i].value = inner.set(rest, value)
			return o
		}
	}
	return append(o, member{first, object{}.set(rest, value)})
}

// plain gives a cell for json: amounts as strings in yuan with two decimals, null where nothing is known.
func (c Column) plain(cell Cell) any {
	switch {
	case cell.Blank:
		return nil
	case c.Kind == Amount:
		return cell.Amount.Plain()
	case c.Kind == Percent:
		return money.FormatPercent(cell.Percent)
	default:
		return cell.Text
	}
}

func (r *Report) rowObject(row Row, keep func(Column) bool) object {
	o := object{}
	for i, c := range r.Columns {
		if keep == nil || keep(c) {
			o = o.set(c.Key, c.plain(row.Cells[i]))
		}
	}
	return o
}

// JSON writes the report in its stable form (docs/commands.md).
func (r *Report) JSON(w io.Writer) error {
	o := object{{"statement", r.Name}, {"book", r.codes()}, {"from", string(r.From)}, {"to", string(r.To)}}
	switch r.Name {
	case trialBalance:
		o = r.trialObject(o)
	case generalBudget:
		o = r.budgetObject(o)
	default:
		o = r.plainObject(o)
	}
	o = r.remarks(o)
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return fmt.Errorf("statement.JSON %s: %w", r.Name, err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// remarks adds notes and differences where there are any.
func (r *Report) remarks(o object) object {
	if len(r.Notes) > 0 {
		o = append(o, member{"notes", r.Notes})
	}
	if len(r.Differences) == 0 {
		return o
	}
	list := make([]object, len(r.Differences))
	for i, d := range r.Differences {
		list[i] = object{{"text", d.Text}, {"amount", d.Amount.Plain()}}
	}
	return append(o, member{"differences", list})
}

func amountColumn(c Column) bool { return c.Kind == Amount }

func (r *Report) trialObject(o object) object {
	rows := []object{}
	var charts object
	for _, row := range r.Rows {
		switch row.Kind {
		case Item:
			rows = append(rows, r.rowObject(row, nil))
		case Subtotal:
			charts = append(charts, member{strings.TrimPrefix(row.Key, "total-"), r.rowObject(row, amountColumn)})
		}
	}
	o = append(o, member{"rows", rows})
	var halves object
	for _, row := range r.Totals {
		if row.Key != "total" {
			halves = append(halves, member{row.Key, r.rowObject(row, amountColumn)})
		} else {
			o = append(o, member{"total", r.rowObject(row, amountColumn)})
		}
	}
	if halves != nil {
		o = append(o, member{"halves", halves})
	}
	if charts != nil {
		o = append(o, member{"charts", charts})
	}
	return o
}

// plainObject is the form of every other statement: rows with their key, level and kind, then a member a column.
func (r *Report) plainObject(o object) object {
	o = append(o, member{"title", r.Title}, member{"entity", r.Entity}, member{"unit", r.Unit})
	list := func(rows []Row) []object {
		out := make([]object, len(rows))
		for i, row := range rows {
			out[i] = append(object{{"row", row.Key}, {"level", row.Level}, {"kind", string(row.Kind)}}, r.rowObject(row, func(c Column) bool {
				return row.Kind != Head || c.Kind == Text
			})...)
		}
		return out
	}
	o = append(o, member{"rows", list(r.Rows)})
	if len(r.Totals) > 0 {
		o = append(o, member{"totals", list(r.Totals)})
	}
	o = append(o, member{"balanced", r.Balanced})
	if r.More {
		o = append(o, member{"more", true})
	}
	return o
}
