package exchange

import (
	"cmp"
	"errors"
	"slices"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// vouchersMost bounds the vouchers of a file, and with them how long its last step holds the writer.
const vouchersMost = 50_000

// readVouchers reads and checks a voucher file on a snapshot.
func readVouchers(tx *store.Tx, im *imported) (write, error) {
	maker, err := im.people()
	if err != nil {
		return nil, err
	}
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	rows := make([]voucherRow, len(im.table.Rows))
	for i, row := range im.table.Rows {
		rows[i] = im.readRow(row)
		if err := im.spendingUnit(tx, row, &rows[i].line.Dims, &rows[i].bad); err != nil {
			return nil, err
		}
	}
	books := newFileBooks(im.by, func(b ledger.Book) error { return im.allowVouchers(maker, b) })
	vouchers, err := im.group(tx, books, rows)
	if err != nil {
		return nil, err
	}
	if len(vouchers) > vouchersMost {
		return nil, fault.Newf(fault.Invalid, "vouchers-too-many", "请按账套或月份拆成几个文件分别导入",
			"文件有 %d 张凭证,超过 %d 张", len(vouchers), vouchersMost)
	}
	if err := im.assemble(tx, books, vouchers); err != nil {
		return nil, err
	}
	if err := im.checkNumbers(tx, vouchers); err != nil {
		return nil, err
	}
	if err := im.checkTwins(tx, vouchers); err != nil {
		return nil, err
	}
	if len(im.result.Errors) > 0 || len(vouchers) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(vouchers, inOrder)
	ready, home := readied(vouchers), vouchers[0].book.Book
	im.table.Rows = nil
	return func(tx *store.Tx) error { return im.writeVouchers(tx, maker, home, ready) }, nil
}

// readyVoucher is what the step needs of a voucher. A full file's cells and rows are 150 MB that need not wait for it.
type readyVoucher struct {
	ledger.Voucher
	rows []int32 // of its lines, as the person sees them
}

func readied(vouchers []*fileVoucher) []readyVoucher {
	ready := make([]readyVoucher, len(vouchers))
	for i, v := range vouchers {
		ready[i] = readyVoucher{v.voucher, make([]int32, len(v.rows))}
		for j, r := range v.rows {
			ready[i].rows[j] = int32(r.row.Number)
		}
	}
	return ready
}

// people checks who vouches for the file and gives its maker.
func (im *imported) people() (identity.Actor, error) {
	maker := im.by
	if im.options.Maker != nil {
		maker = *im.options.Maker
	}
	if !im.options.Post {
		return maker, nil
	}
	checker := im.options.Checker
	if checker == nil || maker.Person == 0 || checker.Person == 0 {
		return maker, fault.New(fault.Refused, "post-two-people", "导入并记账须写明制单人和审核人", "请同时指明制单人和审核人,或先导入为草稿")
	}
	if checker.Person == maker.Person {
		return maker, fault.New(fault.Refused, "duty-clash", "制单人和审核人是同一人", "按制单与审核相分离,请由另一人审核")
	}
	return maker, nil
}

func (im *imported) allowVouchers(maker identity.Actor, b ledger.Book) error {
	if !im.options.Post {
		return maker.Require(b.Path, "在账套"+b.Name+"录入凭证", ledger.VoucherKind.Step("enter").Roles...)
	}
	if err := maker.Require(b.Path, "在账套"+b.Name+"制单", ledger.VoucherKind.Step("post-at-once").Roles...); err != nil {
		return personFault(err, maker)
	}
	if err := im.options.Checker.Require(b.Path, "审核凭证", ledger.VoucherKind.Step("check").Roles...); err != nil {
		return personFault(err, *im.options.Checker)
	}
	return nil
}

// personFault names the person instead of 您, because two people are concerned and neither may be at the keyboard.
func personFault(err error, a identity.Actor) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	return fault.New(f.Kind, f.Code, "「"+a.Name+"」"+string([]rune(f.Message)[1:]), f.Hint)
}

// assemble makes the voucher of each group of rows and checks it against its book and chart.
func (im *imported) assemble(tx *store.Tx, books *fileBooks, vouchers []*fileVoucher) error {
	for _, v := range vouchers {
		for _, r := range v.rows {
			v.bad = v.bad || r.bad
		}
		if err := im.oneHead(v); err != nil {
			return err
		}
		first := v.rows[0]
		if first.book == "" {
			continue
		}
		b, err := books.find(tx, first.book)
		if err != nil {
			return err
		}
		if b.err != nil {
			v.bad = true
			for _, r := range v.rows {
				im.note(r.row, b.err, "book")
			}
			continue
		}
		v.book, v.voucher.Book = b, b.ID
		if first.date == "" {
			continue
		}
		chart, err := b.chart(tx, first.date.Year())
		if err != nil {
			return err
		}
		im.check(v, chart)
	}
	return nil
}

// oneHead takes what all rows of a voucher must agree on.
func (im *imported) oneHead(v *fileVoucher) error {
	first := v.rows[0]
	v.voucher = ledger.Voucher{
		Date: first.date, Word: first.word, Number: first.number, Kind: first.kind, Reverses: first.reverses,
		Lines: make([]ledger.Line, len(v.rows)),
	}
	disagree := func(r *voucherRow, column, title string) {
		v.bad = true
		im.refuse(r.row, fault.Newf(fault.Invalid, "voucher-head-differs", "同一凭证各行须一致;如不是同一凭证,请改凭证号",
			"%s与本凭证首行(第 %d 行)不同", title, first.row.Number), column)
	}
	attachments := ""
	for i, r := range v.rows {
		v.voucher.Lines[i] = r.line
		if r.attachments != "" && attachments != "" && r.attachments != attachments {
			disagree(r, "attachments", "附件数")
		} else if r.attachments != "" {
			attachments = r.attachments
		}
		if r.note != "" && v.voucher.Note != "" && r.note != v.voucher.Note {
			disagree(r, "note", "说明")
		} else if r.note != "" {
			v.voucher.Note = r.note
		}
		if r.follows {
			continue
		}
		if r.date != first.date && r.date != "" && first.date != "" {
			disagree(r, "date", "日期")
		}
		if r.kind != first.kind {
			disagree(r, "kind", "凭证类型")
		}
		if (r.reverses == nil) != (first.reverses == nil) || r.reverses != nil && *r.reverses != *first.reverses {
			disagree(r, "reverses", "冲销凭证")
		}
	}
	var err error
	if v.voucher.Attachments, err = parseAttachments(attachments); err != nil {
		v.bad = true
		im.refuse(first.row, err, "attachments")
	}
	if !im.options.Post && (v.voucher.Kind == ledger.Closing || v.voucher.Reverses != nil) {
		v.bad = true
		im.refuse(first.row, fault.New(fault.Refused, "voucher-draft-kind", "结转凭证和冲销凭证不能导入为草稿",
			"请连同记账一起导入,或在程序内办理年终结转和红字冲销"), "kind")
	}
	return nil
}

// check asks the ledger about a voucher, and where it refuses, about every line, so that all bad rows are named.
func (im *imported) check(v *fileVoucher, chart *ledger.Chart) {
	err := v.voucher.Check(chart, v.book.Book)
	if err == nil {
		im.checkParallel(v, chart)
		return
	}
	badBefore := v.bad
	v.bad = true
	var line *ledger.LineError
	unbalanced := fault.HasCode(err, "voucher-unbalanced")
	if !errors.As(err, &line) && !unbalanced {
		im.note(v.first(), err, "")
	}
	if unbalanced {
		if !badBefore { // a row that could not be read is why it does not balance
			im.unbalanced(v, chart, err)
		}
		return
	}
	for i, l := range v.voucher.Lines {
		if v.rows[i].bad {
			continue
		}
		if err := lineFault(chart, v.book.Book, l); err != nil {
			im.note(v.row(i+1), err, lineColumn(err, l))
		}
	}
}

// checkParallel refuses a voucher to be posted whose budgetary half is another than the proposed one and that does not
// say why. A draft is asked when it is submitted.
func (im *imported) checkParallel(v *fileVoucher, chart *ledger.Chart) {
	if !im.options.Post || chart == nil {
		return
	}
	f := fault.As(v.voucher.CheckParallel(chart, v.book.Book))
	if f == nil {
		return
	}
	v.bad = true
	im.refuse(v.first(), fault.New(f.Kind, f.Code, v.span()+f.Message, "请补正预算会计分录,或在说明栏写明原因"), f.Field)
}

// lineColumn puts a fault of the amount on the side that is filled.
func lineColumn(err error, l ledger.Line) string {
	if f := fault.As(err); f != nil && f.Field == "debit" && l.Debit == 0 && l.Credit != 0 {
		f.Field = "credit"
	}
	return ""
}

// unbalanced says which rows belong to the voucher, and where debits equal credits over both halves together, which
// row stands in the wrong half.
func (im *imported) unbalanced(v *fileVoucher, chart *ledger.Chart, err error) {
	debit, credit := v.voucher.Total(chart, ledger.Financial)
	budgetDebit, budgetCredit := v.voucher.Total(chart, ledger.Budgetary)
	more := debit - credit
	if more == 0 || more+budgetDebit-budgetCredit != 0 {
		f := fault.As(err)
		im.note(v.first(), fault.New(f.Kind, f.Code, v.span()+f.Message, f.Hint).In(f.Field), "debit")
		return
	}
	at := v.first()
	for i, l := range v.voucher.Lines {
		if l.Debit-l.Credit == more || l.Credit-l.Debit == more {
			at = v.row(i + 1)
			break
		}
	}
	im.refuse(at, fault.Newf(fault.Refused, "account-other-half", "请改用同一本账的科目:1 至 5 类为财务会计,6 至 8 类为预算会计",
		"凭证借贷合计相等,但财务会计和预算会计各差 %s 元,有科目用到了另一本账", more.Abs()), "account")
}

// inOrder is the order in which vouchers take their numbers: those with a number first.
func inOrder(a, b *fileVoucher) int {
	numberless := func(v *fileVoucher) int {
		if v.voucher.Number == 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(a.voucher.Book, b.voucher.Book),
		cmp.Compare(a.voucher.Date.Period(), b.voucher.Date.Period()),
		cmp.Compare(a.voucher.Word, b.voucher.Word),
		cmp.Compare(numberless(a), numberless(b)),
		cmp.Compare(a.voucher.Number, b.voucher.Number),
	)
}

// writeVouchers is the step that makes the file effective. The ledger checks each voucher once more.
func (im *imported) writeVouchers(tx *store.Tx, maker identity.Actor, home ledger.Book, vouchers []readyVoucher) error {
	if err := im.record(tx, im.fileID(), home.Unit, home.Path); err != nil {
		return err
	}
	for i, v := range vouchers {
		if err := im.writeVoucher(tx, maker, im.documentID(i+1), v.Voucher); err != nil {
			return im.placed(v, err)
		}
	}
	return nil
}

func (im *imported) writeVoucher(tx *store.Tx, maker identity.Actor, id string, v ledger.Voucher) error {
	v.Source = im.fileID()
	if im.options.Post {
		v.Import = &ledger.Import{File: im.fileID(), Person: im.by.Person}
		_, err := ledger.PostAtOnce(tx, maker, *im.options.Checker, id, v)
		return err
	}
	_, err := ledger.SaveDraft(tx, maker, ledger.DraftVoucher{
		Document: id, Book: v.Book, Date: string(v.Date), Word: v.Word, Number: v.Number, Attachments: v.Attachments,
		Note: v.Note, Lines: ledger.Typed(v.Lines), Source: v.Source,
	}, 0)
	return err
}

// placed puts a refusal of the last step where the person finds it in the file.
func (im *imported) placed(v readyVoucher, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	row := v.rows[0]
	var line *ledger.LineError
	if errors.As(err, &line) {
		row = v.rows[line.Line-1]
	}
	if document.IsTaken(err) {
		f = fault.New(fault.Conflict, "import-repeated", "本凭证已由内容相同的文件导入", "无需再次导入")
	}
	var p sheet.Problems
	p.Add(int(row), im.head(f.Field), f)
	return p
}
