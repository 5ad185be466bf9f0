package bankfile_test

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
)

// keys of the county and of the bank, and of somebody else.
var county, bank, stranger = key(1), key(2), key(3)

func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

// profiles are the same bank with each format.
func profiles() map[string]bankfile.Profile {
	layout := func(format bankfile.Format, encoding bankfile.Encoding, fields []bankfile.Field) bankfile.Layout {
		l := bankfile.Layout{Format: format, Encoding: encoding}
		for i, f := range fields {
			l.Columns = append(l.Columns, bankfile.Column{Field: f, Head: f.Title(), Width: 40})
			if i == 1 {
				l.Columns = append(l.Columns, bankfile.Column{Head: "备用", Width: 4})
			}
		}
		return l
	}
	out := map[string]bankfile.Profile{}
	for name, how := range map[string]struct {
		format   bankfile.Format
		encoding bankfile.Encoding
	}{"csv": {bankfile.CSV, bankfile.UTF8}, "csv-gbk": {bankfile.CSV, bankfile.GB18030}, "fixed": {bankfile.Fixed, bankfile.GB18030}, "xlsx": {bankfile.XLSX, ""}} {
		p := bankfile.Profile{Batch: layout(how.format, how.encoding, bankfile.BatchFields), Answer: layout(how.format, how.encoding, bankfile.AnswerFields), Key: public(bank)}
		p.Answer.Yes, p.Answer.No = []string{"成功", "00"}, []string{"失败"}
		out[name] = p
	}
	return out
}

func batch() bankfile.Batch {
	return bankfile.Batch{Number: "PL2026000031", Date: "2026-10-23", Account: "6210000012345678", Lines: []bankfile.Line{
		{Number: "1", Payee: "青岚县文具店", Account: "62284800000000", Bank: "农业银行青岚县支行", BankNumber: "103100000012", Amount: 486000, Purpose: "办公用品,10 月"},
		{Number: "2", Payee: "王𠮷", Account: "62284800000018", Bank: "信用社", Amount: 1, Purpose: "劳务"},
		{Number: "3", Payee: "李某", Account: "62284800000026", Bank: "信用社", Amount: 120_050, Purpose: "租金\n十月"},
	}}
}

func answer(b bankfile.Batch) bankfile.Answer {
	a := bankfile.Answer{Batch: b.Number}
	for i, l := range b.Lines {
		a.Lines = append(a.Lines, bankfile.Result{Number: l.Number, Paid: i != 1, Amount: l.Amount, Reference: fmt.Sprintf("R%d", i), On: "2026-10-24"})
	}
	a.Lines[1].Reason = "账号户名不符"
	return a
}

func TestThereAndBack(t *testing.T) {
	for name, p := range profiles() {
		t.Run(name, func(t *testing.T) {
			sent := batch()
			data, err := bankfile.Write(p, sent, county)
			if err != nil {
				t.Fatal(err)
			}
			got, err := bankfile.ReadBatch(p, "批次", data, public(county))
			if err != nil {
				t.Fatal(err)
			}
			sent.Lines[2].Purpose = "租金 十月"
			if got.Number != sent.Number || got.Account != sent.Account || got.Date != sent.Date || !slices.Equal(got.Lines, sent.Lines) {
				t.Errorf("the bank reads %+v", got)
			}
			if _, err := bankfile.ReadBatch(p, "批次", data, public(stranger)); !fault.HasCode(err, "bank-file-signature") {
				t.Errorf("of a stranger: %v", err)
			}
			said := answer(sent)
			if data, err = bankfile.WriteAnswer(p, said, bank); err != nil {
				t.Fatal(err)
			}
			back, err := bankfile.ReadAnswer(p, sent, "回盘", data)
			if err != nil || back.Batch != said.Batch || !slices.Equal(back.Lines, said.Lines) {
				t.Errorf("read %+v %v", back, err)
			}
		})
	}
}

// TestReadAnswer_Refuses: each is refused as a whole, by its own name.
func TestReadAnswer_Refuses(t *testing.T) {
	for name, p := range profiles() {
		t.Run(name, func(t *testing.T) {
			sent := batch()
			write := func(change func(a *bankfile.Answer), key ed25519.PrivateKey) []byte {
				t.Helper()
				a := answer(sent)
				if change != nil {
					change(&a)
				}
				data, err := bankfile.WriteAnswer(p, a, key)
				if err != nil {
					t.Fatal(err)
				}
				return data
			}
			good := write(nil, bank)
			cases := map[string]struct {
				data []byte
				code string
			}{
				"signed by someone else": {write(nil, stranger), "bank-file-signature"},
				"for another batch":      {write(func(a *bankfile.Answer) { a.Batch = "PL2026000032" }, bank), "bank-answer-other"},
				"one fen, signed":        {write(func(a *bankfile.Answer) { a.Lines[0].Amount++ }, bank), "bank-answer-amount"},
				"reordered, signed":      {write(func(a *bankfile.Answer) { a.Lines[0], a.Lines[2] = a.Lines[2], a.Lines[0] }, bank), "bank-answer-line"},
				"doubled, signed":        {write(func(a *bankfile.Answer) { a.Lines = append(a.Lines, a.Lines[0]) }, bank), "bank-file-count"},
				"one missing, signed":    {write(func(a *bankfile.Answer) { a.Lines = a.Lines[:2] }, bank), "bank-file-count"},
			}
			if p.Answer.Format != bankfile.XLSX {
				lines := bytes.SplitAfter(good, []byte("\n"))
				first := 0 // row of the first payment
				if p.Answer.Format == bankfile.CSV {
					first = 1
				}
				cases["truncated"] = struct {
					data []byte
					code string
				}{bytes.Join(lines[:len(lines)-2], nil), "bank-file-cut"}
				cases["doubled"] = struct {
					data []byte
					code string
				}{bytes.Join(slices.Insert(slices.Clone(lines), first, lines[first]), nil), "bank-file-count"}
				swapped := slices.Clone(lines)
				swapped[first], swapped[first+2] = swapped[first+2], swapped[first]
				cases["reordered"] = struct {
					data []byte
					code string
				}{bytes.Join(swapped, nil), "bank-file-digest"}
				cases["one fen"] = struct {
					data []byte
					code string
				}{bytes.Replace(good, []byte("4860.00"), []byte("4860.01"), 1), "bank-file-sum"}
				cases["one letter"] = struct {
					data []byte
					code string
				}{bytes.Replace(good, []byte("R2"), []byte("R9"), 1), "bank-file-digest"}
				other, err := simplifiedchinese.GB18030.NewEncoder().Bytes(good)
				if p.Answer.Encoding == bankfile.GB18030 {
					other, err = simplifiedchinese.GB18030.NewDecoder().Bytes(good)
				}
				if err != nil {
					t.Fatal(err)
				}
				cases["wrong encoding"] = struct {
					data []byte
					code string
				}{other, "file-encoding"}
			} else {
				cases["truncated"] = struct {
					data []byte
					code string
				}{good[:len(good)/2], "sheet-damaged"}
			}
			for what, c := range cases {
				a, err := bankfile.ReadAnswer(p, sent, "回盘", c.data)
				if !fault.HasCode(err, c.code) || len(a.Lines) > 0 {
					t.Errorf("%s: want %s, got %v (%d lines)", what, c.code, err, len(a.Lines))
				}
			}
			if _, err := bankfile.ReadAnswer(p, sent, "回盘", good); err != nil {
				t.Errorf("the good one: %v", err)
			}
		})
	}
}

func TestWrite_NeverCutsOff(t *testing.T) {
	p := profiles()["fixed"]
	b := batch()
	b.Lines[0].Payee = strings.Repeat("长", 21)
	if _, err := bankfile.Write(p, b, county); !fault.HasCode(err, "bank-line-width") || !strings.Contains(err.Error(), "42 字节") {
		t.Errorf("too long: %v", err)
	}
	b.Lines = nil
	if _, err := bankfile.Write(p, b, county); !fault.HasCode(err, "bank-batch-empty") {
		t.Errorf("empty: %v", err)
	}
}

func TestLayout_Check(t *testing.T) {
	good := profiles()["csv"].Answer
	if err := good.CheckAnswer(); err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string]func(l *bankfile.Layout){
		"no format": func(l *bankfile.Layout) { l.Format = "pdf" }, "no words": func(l *bankfile.Layout) { l.Yes = nil }, "twice": func(l *bankfile.Layout) { l.Columns[0].Field = bankfile.Status },
		"no amount": func(l *bankfile.Layout) {
			l.Columns = slices.DeleteFunc(l.Columns, func(c bankfile.Column) bool { return c.Field == bankfile.Amount })
		},
		"no head": func(l *bankfile.Layout) { l.Columns[0].Head = "" }, "no width": func(l *bankfile.Layout) { l.Format, l.Columns[0].Width = bankfile.Fixed, 0 },
		"separator": func(l *bankfile.Layout) { l.Separator = "ab" }, "encoding": func(l *bankfile.Layout) { l.Encoding = "utf-7" },
	} {
		l := good
		l.Columns = slices.Clone(good.Columns)
		change(&l)
		if err := l.CheckAnswer(); !fault.HasCode(err, "file-layout") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if again, err := bankfile.Parse(good.Text()); err != nil || again.Text() != good.Text() {
		t.Errorf("text %v", err)
	}
}

// FuzzReadAnswer: whatever is changed in an answer, nothing but what was sent is taken.
func FuzzReadAnswer(f *testing.F) {
	p, sent := profiles()["csv"], batch()
	good, err := bankfile.WriteAnswer(p, answer(sent), bank)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:40])
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := bankfile.ReadAnswer(p, sent, "回盘", data)
		if err == nil && (a.Batch != sent.Number || a.Total() != money.Fen(606_051)) {
			t.Errorf("taken: %+v", a)
		}
	})
}
