package bankfile

import (
	"slices"
	"strings"
)

// The fields of statements, daily reports of the treasury and receipts of taxes.
const (
	Date         Field = "date"
	Reference    Field = "ref"          // the bank's number of the movement
	Code         Field = "code"         // budget account of a receipt, or the bank's code
	In           Field = "in"           // received
	Out          Field = "out"          // paid
	Amount       Field = "amount"       // signed, or with Direction
	Direction    Field = "direction"    // tells received from paid
	Balance      Field = "balance"      // after the movement
	Counterparty Field = "counterparty" // name of the other side
	Summary      Field = "summary"
)

// The fields of batches and of answers to them.
const (
	BatchNumber Field = "batch"
	LineNumber  Field = "number"
	Payer       Field = "payer" // the paying account's number
	Payee       Field = "payee"
	PayeeNo     Field = "payee-account"
	Bank        Field = "bank"
	BankNumber  Field = "bank-number"
	Purpose     Field = "purpose"
	Status      Field = "status"
	Reason      Field = "reason"
)

var fieldTitles = map[Field]string{
	Date: "日期", Reference: "流水号", Code: "预算科目或交易码", In: "收入金额", Out: "支出金额", Amount: "金额", Direction: "收支标志", Balance: "余额",
	Counterparty: "对方户名", Summary: "摘要", BatchNumber: "批次号", LineNumber: "笔号", Payer: "付款账号", Payee: "收款人", PayeeNo: "收款账号", Bank: "开户银行",
	BankNumber: "联行号", Purpose: "用途", Status: "处理结果", Reason: "失败原因",
}

// Title is the field's name on pages.
func (f Field) Title() string { return fieldTitles[f] }

// StatementFields are what a statement may say; StatementNeeds what it must. Money stands under received and paid, or
// under one amount.
var (
	StatementFields = []Field{Date, Reference, Code, In, Out, Amount, Direction, Balance, Counterparty, Summary}
	StatementNeeds  = []Field{Date}
)

// CheckStatement checks the layout of a statement. One with a running balance proves that no line is missing.
func (l Layout) CheckStatement(balance bool) error {
	if err := l.Check(StatementFields, StatementNeeds); err != nil {
		return err
	}
	split := l.has(In) && l.has(Out)
	switch {
	case split == l.has(Amount) || l.has(In) != l.has(Out):
		return wrong("columns", "金额的写法没有定清", "请填收入金额和支出金额两列,或只填金额一列")
	case l.has(Direction) && (!l.has(Amount) || len(l.Yes) == 0 || len(l.No) == 0):
		return wrong("words", "收支标志的写法没有填全", "请填写表示收入和支出的文字,如 贷 和 借")
	case balance && !l.has(Balance):
		return wrong("columns", "缺少「余额」", "银行对账单须有每笔余额,据以核对有无缺漏")
	}
	return nil
}

// BatchFields are the columns of a batch, AnswerFields those of an answer to it.
var (
	BatchFields  = []Field{BatchNumber, LineNumber, Payer, Payee, PayeeNo, Bank, BankNumber, Amount, Purpose, Date}
	AnswerFields = []Field{BatchNumber, LineNumber, Amount, Status, Reason, Reference, Date}
)

// CheckBatch checks the layout of a batch.
func (l Layout) CheckBatch() error {
	return l.Check(BatchFields, []Field{LineNumber, Payee, PayeeNo, Amount})
}

// CheckAnswer checks the layout of an answer.
func (l Layout) CheckAnswer() error {
	if len(l.Yes) == 0 || len(l.No) == 0 {
		return wrong("words", "处理结果的写法没有填全", "请填写表示成功和失败的文字")
	}
	return l.Check(AnswerFields, []Field{BatchNumber, LineNumber, Amount, Status})
}

// Fields gives every field, in the order in which pages offer them.
func Fields() []Field {
	out := slices.Clone(StatementFields)
	for _, f := range slices.Concat(BatchFields, AnswerFields) {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Words reads a list of words that a person typed, with 、 or commas between.
func Words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,, ;;", r) })
}
