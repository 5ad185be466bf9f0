// Package bankfile says what a paying bank is sent and what it answers, whatever the file looks like: a batch of
// payments out of one account, and the result of each. It moves no money and changes no payment.
package bankfile

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
)

// Batch is what leaves for the bank: the payments of one order, all out of one account.
type Batch struct {
	Number  string        // of the batch, once only over the county; the answer names it
	Date    calendar.Date // of the order
	Account string        // the paying account's number
	Lines   []Line
}

// Total is the sum that the batch pays, fen.
func (b Batch) Total() money.Fen {
	var sum money.Fen
	for _, l := range b.Lines {
		sum += l.Amount
	}
	return sum
}

// Line is one payment of a batch.
type Line struct {
	Number     string // of the payment in this batch; the answer names it
	Payee      string // name of the account
	Account    string // number of the payee's account or card, in full: the file is as secret as the register
	Bank       string // name of the payee's bank
	BankNumber string // 联行号
	Amount     money.Fen
	Purpose    string
}

// Answer is what the bank says of one batch; it may come late, twice, or wrong.
type Answer struct {
	Batch string
	Lines []Result
}

// Total is the sum of all lines that the answer names, fen: paid or not.
func (a Answer) Total() money.Fen {
	var sum money.Fen
	for _, l := range a.Lines {
		sum += l.Amount
	}
	return sum
}

// Result is what became of one payment.
type Result struct {
	Number    string // as in the batch
	Paid      bool
	Amount    money.Fen // as in the batch, of failed ones too
	Reason    string    // why it failed, in the bank's words; empty where paid
	Reference string    // the bank's own number of the payment
	On        calendar.Date
}
