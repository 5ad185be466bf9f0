package main

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/attachment"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/budget"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/usual"
	"xiangzhang/internal/workday"
)

func runCheck(ctx context.Context, k *call) error {
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return errUsage{"check 不带其他参数"}
	}
	db, err := k.open(ctx, false, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	county, err := k.theCounty(ctx, db)
	if err != nil {
		return err
	}
	var progress func(b ledger.Book)
	if isTerminal(k.problems) {
		progress = func(b ledger.Book) { fmt.Fprintf(k.problems, "\r\x1b[K核对账套 %s %s", b.Code, b.Name) }
	}
	// A check makes short-lived rows by the million: fewer collections for some 40 MB more.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	v, err := ledger.Verify(ctx, db, county, progress)
	if progress != nil {
		fmt.Fprint(k.problems, "\r\x1b[K")
	}
	if err == nil {
		err = k.checkBeside(ctx, db, county, &v)
	}
	if err != nil {
		return err
	}
	err = k.writeTo(func(w io.Writer) error { return k.printTo(w, v, func(w io.Writer) { printCheck(w, v) }) })
	if err == nil && !v.OK {
		return errRefused
	}
	return err
}

// checkBeside checks what lies beside the books: the budget's lines, the
// appropriations with their memorandum ledger, what the leaves of bank accounts, statements, attachments, notices, handovers, waivers,
// summaries, usual vouchers and unit changes say, and the files of attachments.
func (k *call) checkBeside(ctx context.Context, db *store.DB, county int64, v *ledger.Verification) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		found, err := budget.Verify(tx, county)
		if err != nil {
			return err
		}
		v.Violations = append(v.Violations, found...)
		lines, err := appropriation.Verify(tx, county)
		if err != nil {
			return err
		}
		for _, f := range lines {
			v.Violations = append(v.Violations, ledger.Violation{Invariant: "appropriations", Where: f.Where, Message: f.Message})
		}
		for _, beside := range []struct {
			invariant string
			verify    func(*store.Tx, int64) ([]document.Flaw, error)
		}{
			{"attachments", attachment.Verify}, {"notices", notice.Verify}, {"handovers", handover.Verify}, {"waivers", document.VerifyWaivers}, {"usuals", usual.Verify},
			{"unit-changes", unitchange.Verify}, {"workdays", workday.Verify}, {"obligations", obligation.Verify}, {"payees", payee.Verify}, {"roster", roster.Verify}, {"figures", figure.Verify},
			{"bank-accounts", bank.Verify}, {"agreement", agreement.Verify}, {"drafts", drafting.Verify}, {"standards", drafting.VerifyStandards},
			{"payments", payment.Verify},
		} {
			flaws, err := beside.verify(tx, county)
			if err != nil {
				return err
			}
			for _, f := range flaws {
				v.Violations = append(v.Violations, ledger.Violation{Invariant: beside.invariant, Where: "单据 " + f.Document, Message: f.Message})
			}
		}
		if k.files != "" {
			files, err := attachment.OpenFolder(k.files)
			if err != nil {
				return err
			}
			damaged, err := attachment.Damaged(tx, files, county)
			if err != nil {
				return err
			}
			for _, a := range damaged {
				v.Violations = append(v.Violations, ledger.Violation{
					Invariant: "attachments", Where: "单据 " + a.Document, Message: fmt.Sprintf("附件「%s」(%s)缺失或已被改动", a.Name, a.SHA256),
				})
			}
		}
		v.OK = len(v.Violations) == 0
		return nil
	})
}

func printCheck(w io.Writer, v ledger.Verification) {
	if v.OK {
		fmt.Fprintf(w, "核对无误:%d 套账,%d 张凭证,%d 条分录,%d 条余额,%d 份存证。\n",
			v.Checked["books"], v.Checked["vouchers"], v.Checked["entries"], v.Checked["balances"], v.Checked["leaves"])
		return
	}
	fmt.Fprintf(w, "发现 %d 处不符:\n", len(v.Violations))
	for _, x := range v.Violations {
		fmt.Fprintf(w, "  %s:%s\n", x.Where, x.Message)
	}
}
