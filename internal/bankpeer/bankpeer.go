// Package bankpeer is a bank at the other end of the line, for tests and for the invented county: it takes batches, pays,
// refuses, delays, repeats and corrupts as a script says, and writes answers and statements. It is never shipped.
//
// It keeps these invariants, by which the program is measured: a batch that comes again is answered again and paid once;
// every payment that was made stands on the statement once; the statement's balance is what is left.
package bankpeer

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/encoding/simplifiedchinese"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
)

// Bank is a bank with one paying account.
type Bank struct {
	profile bankfile.Profile
	key     ed25519.PrivateKey // with which it signs answers
	county  ed25519.PublicKey  // that signs batches

	mu      sync.Mutex
	script  []Order
	taken   int
	known   map[string][]byte // answers by batch
	waiting []waiting
	opening money.Fen
	lines   []Movement
}

// waiting is an answer that comes late.
type waiting struct {
	left   int
	answer Answer
}

// Answer is a file that the bank gives back.
type Answer struct {
	Batch string
	Name  string
	Data  []byte
}

// Movement is a line of the bank's statement.
type Movement struct {
	Date      calendar.Date
	Reference string
	Payee     string
	Amount    money.Fen // paid is negative
	Balance   money.Fen
	Summary   string
}

// New opens a bank whose paying account stands at an amount.
func New(p bankfile.Profile, key ed25519.PrivateKey, county ed25519.PublicKey, opening money.Fen, script []Order) *Bank {
	return &Bank{profile: p, key: key, county: county, script: script, known: map[string][]byte{}, opening: opening}
}

// order is what the script says of the next batch.
func (b *Bank) order() Order {
	o := b.script[min(b.taken, len(b.script)-1)]
	b.taken++
	return o
}

// Take takes a batch and gives what it answers now: to this batch, and to earlier ones whose time has come. A batch that
// cannot be read, or is not signed by the county, is refused with an error and nothing is paid.
func (b *Bank) Take(name string, data []byte) ([]Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	batch, err := bankfile.ReadBatch(b.profile, name, data, b.county)
	if err != nil {
		return nil, err
	}
	due := b.pass()
	if answer, again := b.known[batch.Number]; again {
		if answer == nil {
			return due, nil // it never answers that one
		}
		return append(due, Answer{batch.Number, name + ".answer", answer}), nil
	}
	o := b.order()
	said := b.pay(batch, o)
	good, err := bankfile.WriteAnswer(b.profile, said, b.key)
	if err != nil {
		return nil, err
	}
	if b.known[batch.Number] = good; o.Never {
		b.known[batch.Number] = nil
		return due, nil
	}
	answer, err := b.spoil(o.Corrupt, batch, said, good)
	if err != nil {
		return nil, err
	}
	for i := range max(1, o.Times) {
		a := Answer{batch.Number, fmt.Sprintf("%s.answer%d", name, i+1), answer}
		if o.Delay > 0 {
			b.waiting = append(b.waiting, waiting{o.Delay, a})
			continue
		}
		due = append(due, a)
	}
	return due, nil
}

// Night passes: answers that are delayed come nearer.
func (b *Bank) Night() []Answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pass()
}

func (b *Bank) pass() []Answer {
	var due []Answer
	left := b.waiting[:0]
	for _, w := range b.waiting {
		if w.left--; w.left == 0 {
			due = append(due, w.answer)
			continue
		}
		left = append(left, w)
	}
	b.waiting = left
	return due
}

// pay pays what the order does not refuse and the account can bear.
func (b *Bank) pay(batch bankfile.Batch, o Order) bankfile.Answer {
	said := bankfile.Answer{Batch: batch.Number}
	for _, l := range batch.Lines {
		r := bankfile.Result{Number: l.Number, Amount: l.Amount, On: batch.Date}
		reason, refused := o.Refuse[l.Number]
		if all, ok := o.Refuse["*"]; ok {
			reason, refused = all, true
		}
		switch {
		case refused:
			r.Reason = reason
		case b.balance() < l.Amount:
			r.Reason = "余额不足"
		default:
			r.Paid, r.Reference = true, fmt.Sprintf("%s-%s", batch.Number, l.Number)
			b.lines = append(b.lines, Movement{batch.Date, r.Reference, l.Payee, -l.Amount, b.balance() - l.Amount, l.Purpose})
		}
		said.Lines = append(said.Lines, r)
	}
	return said
}

func (b *Bank) balance() money.Fen {
	if len(b.lines) == 0 {
		return b.opening
	}
	return b.lines[len(b.lines)-1].Balance
}

// Receive credits the account, for statements with more than payments.
func (b *Bank) Receive(m Movement) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.Balance = b.balance() + m.Amount
	b.lines = append(b.lines, m)
}

// Movements gives what the statement says so far.
func (b *Bank) Movements() []Movement {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Movement(nil), b.lines...)
}

// Statement writes the statement in the common format.
func (b *Bank) Statement() []byte {
	var out strings.Builder
	out.WriteString("日期,流水号,摘要,对方户名,收入金额,支出金额,余额\n")
	plain := strings.NewReplacer(",", " ", "\"", " ", "\n", " ")
	for _, m := range b.Movements() {
		in, paid := m.Amount.Plain(), ""
		if m.Amount < 0 {
			in, paid = "", (-m.Amount).Plain()
		}
		fmt.Fprintf(&out, "%s,%s,%s,%s,%s,%s,%s\n", m.Date, m.Reference, plain.Replace(m.Summary), plain.Replace(m.Payee), in, paid, m.Balance.Plain())
	}
	return []byte(out.String())
}

// spoil gives an answer that is wrong in one way.
func (b *Bank) spoil(how string, batch bankfile.Batch, said bankfile.Answer, good []byte) ([]byte, error) {
	lines := bytes.SplitAfter(good, []byte("\n"))
	switch how {
	case "":
		return good, nil
	case "cut":
		return good[:len(good)*2/3], nil
	case "fen":
		said.Lines = append([]bankfile.Result(nil), said.Lines...)
		said.Lines[0].Amount++
	case "double":
		said.Lines = append(append([]bankfile.Result(nil), said.Lines...), said.Lines[0])
	case "swap":
		if len(lines) > 4 { // head, two lines, seal
			lines[1], lines[2] = lines[2], lines[1]
			return bytes.Join(lines, nil), nil
		}
		return good[:len(good)/2], nil
	case "encoding":
		if b.profile.Answer.Encoding == bankfile.GB18030 {
			return simplifiedchinese.GB18030.NewDecoder().Bytes(good)
		}
		return simplifiedchinese.GB18030.NewEncoder().Bytes(good)
	case "stranger":
		return bankfile.WriteAnswer(b.profile, said, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{99}, ed25519.SeedSize)))
	case "other":
		said.Batch = batch.Number + "9"
	}
	return bankfile.WriteAnswer(b.profile, said, b.key)
}
