package bankfile

import (
	"bytes"
	"crypto/ed25519"
	"encoding/csv"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/sheet"
)

// Profile is how a bank takes batches and answers them: both layouts, and the key with which it signs answers.
type Profile struct {
	Batch  Layout
	Answer Layout
	Key    ed25519.PublicKey // of the bank
}

// row is what a file says of one payment, by field.
type row map[Field]string

// Write writes a batch as the bank takes it, with its seal signed by key, which is the county's.
func Write(p Profile, b Batch, key ed25519.PrivateKey) ([]byte, error) {
	if len(b.Lines) == 0 {
		return nil, fault.Newf(fault.Invalid, "bank-batch-empty", "请先选择要支付的款项", "批次 %s 没有款项", b.Number)
	}
	rows := batchRows(b)
	return p.Batch.seal(rows, newSeal("batch", b.Number, len(b.Lines), b.Total(), p.Batch.digest("batch", b.Number, rows)), key)
}

// WriteAnswer writes an answer as the bank gives it: for the bank's own side of the line.
func WriteAnswer(p Profile, a Answer, key ed25519.PrivateKey) ([]byte, error) {
	rows := answerRows(p.Answer, a)
	return p.Answer.seal(rows, newSeal("answer", a.Batch, len(a.Lines), a.Total(), p.Answer.digest("answer", a.Batch, rows)), key)
}

func batchRows(b Batch) []row {
	var out []row
	for _, l := range b.Lines {
		out = append(out, row{
			BatchNumber: b.Number, LineNumber: l.Number, Payer: b.Account, Payee: oneLine(l.Payee), PayeeNo: l.Account, Bank: oneLine(l.Bank), BankNumber: l.BankNumber,
			Amount: l.Amount.Plain(), Purpose: oneLine(l.Purpose), Date: string(b.Date),
		})
	}
	return out
}

// oneLine keeps a text on one line, without blanks around it: fixed text knows no others.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func answerRows(l Layout, a Answer) []row {
	var out []row
	for _, r := range a.Lines {
		status := l.No[0]
		if r.Paid {
			status = l.Yes[0]
		}
		out = append(out, row{
			BatchNumber: a.Batch, LineNumber: r.Number, Amount: r.Amount.Plain(), Status: status, Reason: oneLine(r.Reason), Reference: r.Reference, Date: string(r.On),
		})
	}
	return out
}

// seal writes rows with the seal as the last line.
func (l Layout) seal(rows []row, s seal, key ed25519.PrivateKey) ([]byte, error) {
	end := s.sign(key)
	if l.Format == XLSX {
		return l.xlsx(rows, end)
	}
	body, err := l.text(rows)
	if err != nil {
		return nil, err
	}
	return append(body, end+"\r\n"...), nil
}

func (l Layout) text(rows []row) ([]byte, error) {
	var b bytes.Buffer
	if l.Format == Fixed {
		for i, r := range rows {
			if err := l.fixed(&b, i, r); err != nil {
				return nil, err
			}
		}
		return b.Bytes(), nil
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if l.Separator != "" {
		w.Comma = rune(l.Separator[0])
	}
	err := w.Write(l.titles())
	for _, r := range rows {
		if err == nil {
			err = w.Write(l.cells(r))
		}
	}
	if w.Flush(); err == nil {
		err = w.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("bankfile.Write: %w", err)
	}
	return l.encoded(b.String())
}

// titles are the heads as they are written: the first name of each.
func (l Layout) titles() []string {
	out := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		out[i], _, _ = strings.Cut(c.Head, "、")
	}
	return out
}

func (l Layout) cells(r row) []string {
	out := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		out[i] = r[c.Field]
	}
	return out
}

func (l Layout) encoded(text string) ([]byte, error) {
	if l.Encoding != GB18030 {
		return []byte(text), nil
	}
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("bankfile: gb18030: %w", err)
	}
	return b, nil
}

// fixed writes one line of columns so many bytes wide; what does not fit is refused, never cut off.
func (l Layout) fixed(b *bytes.Buffer, i int, r row) error {
	for _, c := range l.Columns {
		cell, err := l.encoded(r[c.Field])
		if err != nil {
			return err
		}
		if len(cell) > c.Width {
			return fault.Newf(fault.Refused, "bank-line-width", "请缩短后再生成,或请银行加宽该列", "第 %d 笔的%s「%s」有 %d 字节,银行格式只容 %d 字节",
				i+1, c.Field.Title(), r[c.Field], len(cell), c.Width)
		}
		b.Write(cell)
		b.WriteString(strings.Repeat(" ", c.Width-len(cell)))
	}
	b.WriteString("\r\n")
	return nil
}

func (l Layout) xlsx(rows []row, end string) ([]byte, error) {
	var s sheet.Sheet
	for _, title := range l.titles() {
		s.Columns = append(s.Columns, sheet.Column{Name: title, Title: title, AsText: true})
	}
	for _, r := range rows {
		var values []sheet.Value
		for _, cell := range l.cells(r) {
			values = append(values, sheet.Text(cell))
		}
		s.Rows = append(s.Rows, values)
	}
	last := make([]sheet.Value, len(l.Columns))
	last[0] = sheet.Text(end)
	s.Rows = append(s.Rows, last)
	var b bytes.Buffer
	if err := sheet.Write(&b, sheet.XLSX, s); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
