// Package statement draws the statements and ledgers of books: each is a declaration over one engine, which reads
// balances where it adds up and entries where it lists.
//
// What it keeps: an aggregate statement costs what the number of combinations costs, not the number of entries; a
// ledger reads one page. Nothing is forced to tie: what does not agree is shown with its amount and the likely reason.
// Every amount carries where it leads to, down to the voucher. Movements of year-end closing vouchers are left out of
// income statements, so that those read the same before and after the year is carried over.
//
// The items of the balance sheets and income statements follow the forms of 财会〔2017〕25号 (行政事业单位), 财会〔2023〕14号
// (农村集体经济组织) and 财库〔2015〕192号 (财政总预算); each row of items.csv names its source.
package statement
