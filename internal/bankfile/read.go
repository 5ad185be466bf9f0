package bankfile

import (
	"crypto/ed25519"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/sheet"
)

// ReadAnswer reads what the bank answers to a batch that was sent. An answer that is cut off, has lines twice or in another
// order, is in another encoding, is of another batch, was changed by one fen or is not signed by the bank is refused as a
// whole, by name.
func ReadAnswer(p Profile, sent Batch, name string, data []byte) (Answer, error) {
	records, s, err := p.Answer.sealed(name, data)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Batch: s.number}
	var wrong sheet.Problems
	var rows []row
	for _, r := range records {
		result, err := p.Answer.result(r)
		if err != nil {
			wrong.Add(r.Row, r.Head(Field(fault.As(err).Field)), err)
			continue
		}
		a.Lines, rows = append(a.Lines, result), append(rows, rowOf(r, AnswerFields))
	}
	if len(wrong) > 0 {
		return Answer{}, wrong
	}
	if err := s.check(name, "answer", len(a.Lines), a.Total(), p.Answer.digest("answer", s.number, rows), p.Key); err != nil {
		return Answer{}, err
	}
	if err := answers(name, sent, a, records); err != nil {
		return Answer{}, err
	}
	return a, nil
}

// result reads one line of an answer.
func (l Layout) result(r Record) (Result, error) {
	out := Result{Number: r.Get(LineNumber), Reason: r.Get(Reason), Reference: r.Get(Reference)}
	var err error
	if out.Amount, err = money.Parse(r.Get(Amount)); err != nil {
		return out, fault.As(err).In(string(Amount))
	}
	switch status := r.Get(Status); {
	case slices.Contains(l.Yes, status):
		out.Paid = true
	case !slices.Contains(l.No, status):
		return out, fault.Newf(fault.Invalid, "bank-status", "请核对格式中表示成功和失败的文字", "处理结果「%s」不认识", status).In(string(Status))
	}
	if text := r.Get(Date); text != "" {
		if out.On, err = calendar.ParseDate(text); err != nil {
			return out, fault.As(err).In(string(Date))
		}
	}
	return out, nil
}

// answers compares an answer with the batch that was sent: the same payments, in the same order, of the same amounts.
func answers(name string, sent Batch, a Answer, records []Record) error {
	if a.Batch != sent.Number {
		return fault.Newf(fault.Refused, "bank-answer-other", "请选择批次 "+sent.Number+" 的回盘", "「%s」是批次 %s 的回盘,不是批次 %s 的", name, a.Batch, sent.Number)
	}
	if len(a.Lines) != len(sent.Lines) {
		return fault.Newf(fault.Refused, "bank-file-count", "整份没有采用;请向银行重新索取", "「%s」有 %d 笔,批次 %s 发出 %d 笔", name, len(a.Lines), sent.Number, len(sent.Lines))
	}
	var wrong sheet.Problems
	for i, r := range a.Lines {
		l := sent.Lines[i]
		switch at := records[i].Row; {
		case r.Number != l.Number:
			wrong.Add(at, LineNumber.Title(), fault.Newf(fault.Refused, "bank-answer-line", "整份没有采用;请向银行重新索取", "笔号 %s 不在这里,应为 %s", r.Number, l.Number))
		case r.Amount != l.Amount:
			wrong.Add(at, Amount.Title(), fault.Newf(fault.Refused, "bank-answer-amount", "整份没有采用;请向银行核实", "笔号 %s 的金额 %s 元,发出的是 %s 元,差 %s 元", r.Number, r.Amount, l.Amount, r.Amount-l.Amount))
		case records[i].Get(BatchNumber) != sent.Number:
			wrong.Add(at, BatchNumber.Title(), fault.Newf(fault.Refused, "bank-answer-other", "整份没有采用", "笔号 %s 写的是批次 %s", r.Number, records[i].Get(BatchNumber)))
		}
	}
	return wrong.Err()
}

// ReadBatch reads a batch as the bank does: for the bank's own side of the line. key is the county's.
func ReadBatch(p Profile, name string, data []byte, key ed25519.PublicKey) (Batch, error) {
	records, s, err := p.Batch.sealed(name, data)
	if err != nil {
		return Batch{}, err
	}
	b := Batch{Number: s.number}
	var rows []row
	for _, r := range records {
		amount, err := money.Parse(r.Get(Amount))
		if err != nil {
			return Batch{}, err
		}
		b.Account = r.Get(Payer)
		if text := r.Get(Date); text != "" {
			if b.Date, err = calendar.ParseDate(text); err != nil {
				return Batch{}, err
			}
		}
		b.Lines = append(b.Lines, Line{
			Number: r.Get(LineNumber), Payee: r.Get(Payee), Account: r.Get(PayeeNo), Bank: r.Get(Bank), BankNumber: r.Get(BankNumber), Amount: amount, Purpose: r.Get(Purpose),
		})
		rows = append(rows, rowOf(r, BatchFields))
	}
	return b, s.check(name, "batch", len(b.Lines), b.Total(), p.Batch.digest("batch", s.number, rows), key)
}

func rowOf(r Record, fields []Field) row {
	out := row{}
	for _, f := range fields {
		out[f] = r.Get(f)
	}
	return out
}
