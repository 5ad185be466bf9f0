// Package ledger is the only place where money is recorded: books, accounts, vouchers, entries, balances.
//
// It keeps these invariants, and Verify recomputes all of them from the rows:
//
//   - every posted voucher balances, the financial and the budgetary half each by itself;
//   - numbers are continuous per book, month and word;
//   - posted rows are never updated or deleted; a correction is a red-letter twin with negative amounts on the same
//     side, in the business month;
//   - balances equal the sum of entries by book, month, combination and kind, and the county's totals equal the sum of
//     balances;
//   - the leaf of each posted voucher holds the SHA-256 of its rows.
//
// Rules: 政府会计制度 (财会〔2017〕25号), 农村集体经济组织会计制度 (财会〔2023〕14号), 会计法, 会计信息化工作规范.
package ledger
