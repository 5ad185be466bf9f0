// Package paper draws what is signed and bound: vouchers on A5, on 240 × 140 mm and several to an A4, statements on A4,
// and the ledgers of a year as one book. The program writes the PDF itself, with an embedded subset of its own font, so
// that a sheet looks the same on every machine.
//
// What it keeps: nothing is cut off or dropped. A text that does not fit its cell wraps or gets smaller; a voucher or a
// ledger that does not fit a page goes on with 过次页 and 承前页; a character that the font lacks stands as 〓 and is
// listed on a sheet of its own at the end. Lengths are millimetres from the top left corner, sizes of type are points.
//
// Layouts follow 会计基础工作规范 (财会字〔1996〕19号, 财政部令第98号修改): 第五十一条 (what a voucher shows, blank lines struck
// out, red letters), 第五十二条 (capitals), 第五十九条 (the first page of a bound ledger), 第六十条 and 第六十二条 (pages in
// order, 过次页、承前页).
package paper
