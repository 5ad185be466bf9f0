package exchange_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

const voucherHead = "账套,日期,凭证字,凭证号,附件数,摘要,科目编码,功能分类,部门经济分类,项目,资金性质,往来对象,借方金额,贷方金额\n"

// supplies is one parallel voucher.
func supplies(number int, date, amount string) string {
	lines := fmt.Sprintf(`101,%[2]s,记,%[1]d,2,付办公用品款,500102,2010301,30201,,,,%[3]s,
101,%[2]s,记,%[1]d,2,付办公用品款,400101,,,,,,,%[3]s
101,%[2]s,记,%[1]d,2,付办公用品款,71010101,2010301,30201,,,,%[3]s,
101,%[2]s,记,%[1]d,2,付办公用品款,60010102,2010301,,,,,,%[3]s
`, number, date, amount)
	return strings.ReplaceAll(lines, "记,0,", "记,,")
}

const rent = "201,2026-10-08,记,,,收水面承包费,102,,,,,,5000,\n201,2026-10-08,记,,,收水面承包费,50104,,,,,,,5000\n"

func TestImportVouchers_Posts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		file := voucherHead + supplies(2, "2026-10-09", `"1,234.50"`) + supplies(1, "2026/10/8", "1000") + rent
		r := h.bring(h.accountant, exchange.Vouchers, file, h.posting())
		if r.Rows != 10 || r.Accepted != 10 || len(r.Errors) != 0 {
			t.Fatalf("%+v", r)
		}
		text, err := json.Marshal(r)
		if err != nil || string(text) != `{"rows":10,"accepted":10,"errors":[]}` {
			t.Errorf("json %s, %v", text, err)
		}
		heads := h.posted(h.office)
		if len(heads) != 2 || heads[0].Number.Label() != "记-0001" || heads[0].Date != "2026-10-08" || heads[1].Amount != 123450 ||
			heads[0].Maker != 11 || heads[0].Checker != 12 || heads[0].Poster != 11 {
			t.Errorf("office: %+v", heads)
		}
		if heads := h.posted(h.village); len(heads) != 1 || heads[0].Amount != 500000 {
			t.Errorf("village: %+v", heads)
		}
		h.verify()

		// The same rows again, in another encoding, are recognised.
		before := h.rows()
		gbk, err := simplifiedchinese.GBK.NewEncoder().String(file)
		if err != nil {
			t.Fatal(err)
		}
		r = h.bring(h.accountant, exchange.Vouchers, gbk, h.posting())
		want := "内容相同的文件已于 2026-10-23 10:00:00 以「vouchers.csv」导入;无需再次导入;如确为另一批数据,请核对是否选错文件。"
		if r.Accepted != 0 || len(r.Errors) != 1 || r.Errors[0].Message != want {
			t.Errorf("again: %+v", r)
		}
		if after := h.rows(); after != before {
			t.Errorf("again: rows %s, before %s", after, before)
		}
	})
}

func TestImportVouchers_Drafts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		dry := h.bring(h.accountant, exchange.Vouchers, voucherHead+rent, exchange.Options{DryRun: true})
		if dry.Accepted != 2 {
			t.Fatalf("dry run: %+v", dry)
		}
		r := h.bring(exchange.Operator(county), exchange.Vouchers, voucherHead+supplies(1, "2026-10-08", "1000")+rent, exchange.Options{})
		if r.Accepted != 6 {
			t.Fatalf("%+v", r)
		}
		var drafts []ledger.DraftVoucher
		h.read(func(tx *store.Tx) (err error) {
			drafts, err = ledger.ListDrafts(tx, h.accountant, h.office, "")
			return err
		})
		if len(drafts) != 1 || drafts[0].Number != 1 || drafts[0].State != ledger.Draft || len(drafts[0].Lines) != 4 {
			t.Fatalf("drafts: %+v", drafts)
		}
		h.write(func(tx *store.Tx) error {
			d, err := ledger.Submit(tx, h.accountant, drafts[0].Document, 1)
			if err == nil && d.Ref != ledger.Ref(h.office.ID, ledger.Number{Period: "2026-10", Word: "记", Number: 1}) {
				t.Errorf("submitted as %s", d.Ref)
			}
			return err
		})
		h.verify()
	})
}

// TestImportVouchers_Groups shows how rows without number become vouchers.
func TestImportVouchers_Groups(t *testing.T) {
	head := "book,date,summary,account,function,economic,debit,credit\n"
	tests := []struct{ name, rows, want string }{
		{"one voucher in both halves", "101,2026-10-08,买纸,500102,2010301,30201,100,\n101,2026-10-08,买纸,400101,,,,100\n" +
			"101,2026-10-08,买纸,71010101,2010301,30201,100,\n101,2026-10-08,买纸,60010102,2010301,,,100\n", "4"},
		{"two vouchers one after another", "201,2026-10-08,甲,102,,,5,\n201,2026-10-08,甲,50104,,,,5\n201,2026-10-08,乙,102,,,7,\n201,2026-10-08,乙,50104,,,,7\n", "2 2"},
		{"another date ends a voucher", "201,2026-10-08,甲,102,,,5,\n201,2026-10-08,甲,50104,,,,5\n201,2026-10-09,甲,102,,,5,\n201,2026-10-09,甲,50104,,,,5\n", "2 2"},
		{"head in the first row only", "201,2026-10-08,甲,102,,,5,\n,,甲,50104,,,,5\n,,乙,102,,,7,\n,,乙,50104,,,,7\n201,2026-10-08,丙,102,,,9,\n,,丙,50104,,,,9\n", "4 2"},
		{"parallel by the amount", "101,2026-10-08,费用,500102,2010301,30201,100,\n101,2026-10-08,费用,400101,,,,100\n" +
			"101,2026-10-08,支出,71010101,2010301,30201,100,\n101,2026-10-08,支出,60010102,2010301,,,100\n", "4"},
		{"nobody can tell", "101,2026-10-08,费用,500102,2010301,30201,100,\n101,2026-10-08,费用,400101,,,,100\n" +
			"101,2026-10-08,支出,71010101,2010301,30201,80,\n101,2026-10-08,支出,60010102,2010301,,,80\n",
			"第 4 行「凭证号」:分不清第 4 行起的分录与上面第 2 行起的是否同一张凭证;请给每张凭证填上凭证号,或只在每张凭证的首行填账套和日期。"},
		{"nothing to go on with", ",,甲,102,,,5,\n201,2026-10-08,甲,50104,,,,5\n",
			"第 2 行「date」:本行没有日期,上面也没有可以接续的凭证;请填写账套和日期。\n第 3 行:凭证至少两行,现有 1 行;请补齐借贷双方。"},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		for _, tt := range tests {
			r := h.bring(h.accountant, exchange.Vouchers, head+tt.rows, exchange.Options{})
			got := r.Errors.Error()
			if got == "" {
				got = h.draftSizes()
			}
			if got != tt.want {
				t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
			}
		}
	})
}

// draftSizes gives the number of lines of every draft, and clears them away.
func (h *hall) draftSizes() string {
	h.t.Helper()
	var sizes []string
	h.write(func(tx *store.Tx) error {
		sizes = nil
		for _, b := range []ledger.Book{h.office, h.village} {
			drafts, err := ledger.ListDrafts(tx, h.accountant, b, "")
			if err != nil {
				return err
			}
			for _, d := range drafts {
				sizes = append(sizes, fmt.Sprint(len(d.Lines)))
			}
		}
		_, err := tx.Exec(`delete from voucher_draft where county_id = $1`, county)
		return err
	})
	return strings.Join(sizes, " ")
}

func TestImportVouchers_Refuses(t *testing.T) {
	ok := supplies(1, "2026-10-08", "1000")
	tests := []struct {
		name, file string
		want       []string
	}{
		{"unbalanced halves", voucherHead + strings.Replace(ok, "60010102,2010301,,,,,,1000", "60010102,2010301,,,,,,900", 1),
			[]string{"第 2 行「借方金额」:第 2 至 5 行的凭证,预算会计分录借方合计 1,000.00 元,贷方合计 900.00 元,借方多 100.00 元;请核对金额,借贷相等后再提交。"}},
		{"unknown and parent accounts, each row", voucherHead + strings.NewReplacer("500102", "5999", "400101", "4001").Replace(ok),
			[]string{"第 2 行「科目编码」:账套镇政府机关的 2026 年科目表中没有科目「5999」;请按编码、名称或拼音首字母选择科目。",
				"第 3 行「科目编码」:科目 4001 财政拨款收入 设有明细科目,不能直接记账;请选择它的明细科目:400101 一般公共预算财政拨款、400102 政府性基金预算财政拨款。"}},
		{"account of the other half", voucherHead + strings.Replace(ok, "60010102,2010301", "400101,", 1),
			[]string{"「科目编码」:凭证借贷合计相等,但财务会计和预算会计各差 1,000.00 元,有科目用到了另一本账"}},
		{"missing dimension", voucherHead + strings.Replace(ok, "71010101,2010301,30201", "71010101,,30201", 1),
			[]string{"第 4 行「功能分类」:科目 71010101"}},
		{"date in a month to come and before the start", voucherHead + supplies(1, "2026-11-08", "1000") + supplies(2, "2024-12-31", "1000"),
			[]string{"第 2 行「日期」:今天是 2026-10-23,不能记入 2026 年 11 月 的凭证", "第 6 行「日期」:账套镇政府机关从 2025 年 1 月 启用"}},
		{"no date at all", voucherHead + supplies(1, "2026-02-30", "1000"),
			[]string{"第 2 行「日期」:日期「2026-02-30」不存在", "第 3 行", "第 4 行", "第 5 行"}},
		{"a gap and a number twice", voucherHead + ok + supplies(3, "2026-10-08", "7"),
			[]string{"第 6 行「凭证号」:凭证号 记-0003 在 2026 年 10 月 会造成断号,下一号是 记-0002"}},
		{"third decimal and out of range", voucherHead + strings.Replace(strings.Replace(ok, "1000,", "1000.005,", 1), ",1000\n", ",9999999999999\n", 1),
			[]string{"第 2 行「借方金额」:金额「1000.005」多于两位小数", "第 3 行「贷方金额」:金额「9999999999999」超过单笔上限"}},
		{"dates of one number differ", voucherHead + ok[:strings.Index(ok, "\n")+1] + strings.Replace(ok[strings.Index(ok, "\n")+1:], "10-08", "10-09", 1),
			[]string{"第 3 行「日期」:日期与本凭证首行(第 2 行)不同"}},
		{"another township's book, and none", voucherHead + strings.ReplaceAll(ok, "101,2026", "301,2026") + strings.ReplaceAll(rent, "201,2026", "999,2026"),
			[]string{"第 2 行「账套」:没有您可用的账套「301」", "第 3 行", "第 4 行", "第 5 行", "第 6 行「账套」:没有您可用的账套「999」", "第 7 行"}},
		{"merged heads, unknown head", "账套,日期,摘要,科目编码,借方金额,贷方金额,备注\n", []string{"第 1 行「备注」"}},
		{"no rows", voucherHead, []string{"表头以下没有数据"}},
		{"a web page", "<html>", []string{"实为网页或 XML 文件"}},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		before := h.rows()
		for _, tt := range tests {
			r := h.bring(h.accountant, exchange.Vouchers, tt.file, h.posting())
			compare(t, tt.name, r.Errors, tt.want)
			if r.Accepted != 0 {
				t.Errorf("%s: accepted %d", tt.name, r.Accepted)
			}
		}
		if after := h.rows(); after != before {
			t.Errorf("rows %s, before %s", after, before)
		}
	})
}

// compare holds each problem against the beginning, or a part, of what is wanted.
func compare(t *testing.T, name string, got sheet.Problems, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d problems, want %d:\n%v", name, len(got), len(want), got)
		return
	}
	for i, p := range got {
		if !strings.Contains(p.String(), want[i]) {
			t.Errorf("%s: got %s\nwant %s", name, p, want[i])
		}
	}
}

func TestImportVouchers_RefusesPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		before := h.rows()
		file := voucherHead + rent
		tests := []struct {
			name string
			by   func() exchange.Result
			want string
		}{
			{"a cashier", func() exchange.Result { return h.bring(h.cashier, exchange.Vouchers, file, exchange.Options{}) }, "您没有在账套清溪村录入凭证的权限"},
			{"a stranger", func() exchange.Result { return h.bring(h.stranger, exchange.Vouchers, file, exchange.Options{}) }, "没有您可用的账套「201」"},
			{"nobody checks", func() exchange.Result {
				return h.bring(h.accountant, exchange.Vouchers, file, exchange.Options{Post: true})
			}, "导入并记账须写明制单人和审核人"},
			{"the operator posts", func() exchange.Result {
				return h.bring(exchange.Operator(county), exchange.Vouchers, file, exchange.Options{Post: true, Checker: &h.reviewer})
			}, "导入并记账须写明制单人和审核人"},
			{"one person", func() exchange.Result {
				return h.bring(h.accountant, exchange.Vouchers, file, exchange.Options{Post: true, Maker: &h.accountant, Checker: &h.accountant})
			}, "制单人和审核人是同一人"},
			{"a cashier checks", func() exchange.Result {
				return h.bring(h.accountant, exchange.Vouchers, file, exchange.Options{Post: true, Maker: &h.accountant, Checker: &h.cashier})
			}, "「郑出纳」没有审核凭证的权限"},
		}
		for _, tt := range tests {
			if r := tt.by(); len(r.Errors) == 0 || !strings.Contains(r.Errors[0].Message, tt.want) {
				t.Errorf("%s: %+v", tt.name, r)
			}
		}
		if after := h.rows(); after != before {
			t.Errorf("rows %s, before %s", after, before)
		}
	})
}

func TestImportVouchers_NumberTakenAndClosedMonth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		if r := h.bring(h.accountant, exchange.Vouchers, voucherHead+supplies(1, "2025-01-08", "1000"), h.posting()); r.Accepted == 0 {
			t.Fatalf("%+v", r)
		}
		r := h.bring(h.accountant, exchange.Vouchers, voucherHead+supplies(1, "2025-01-09", "5"), h.posting())
		compare(t, "taken", r.Errors, []string{"第 2 行「凭证号」:凭证号 记-0001 在 2025 年 1 月 已被使用;请清空凭证号由系统编号,或从 记-0002 接着编。"})
		h.write(func(tx *store.Tx) error {
			_, err := ledger.CloseMonth(tx, h.accountant, "close-1", h.office.ID, "2025-01")
			return err
		})
		r = h.bring(h.accountant, exchange.Vouchers, voucherHead+supplies(2, "2025-01-09", "5"), h.posting())
		compare(t, "closed", r.Errors, []string{"第 2 行「日期」:2025 年 1 月 已结账,不能再记入日期为 2025-01-09 的凭证"})
		// The operator brings in what two people vouch for; other programs print an hour behind the date.
		r = h.bring(exchange.Operator(county), exchange.Vouchers, voucherHead+supplies(0, "2025-02-09 00:00:00", "5"), h.posting())
		if r.Accepted != 4 {
			t.Errorf("%+v", r)
		}
		h.verify()
	})
}

// TestImportVouchers_VoidedDraft: a number that came with a file and was never submitted is free again.
func TestImportVouchers_VoidedDraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		h.bring(h.accountant, exchange.Vouchers, voucherHead+supplies(1, "2025-01-08", "1000"), exchange.Options{})
		r := h.bring(h.accountant, exchange.Vouchers, voucherHead+supplies(1, "2025-01-08", "900"), exchange.Options{})
		compare(t, "taken by a draft", r.Errors, []string{"凭证号 记-0001 在 2025 年 1 月 已被使用"})
		h.write(func(tx *store.Tx) error {
			drafts, err := ledger.ListDrafts(tx, h.accountant, h.office, "")
			if err != nil {
				return err
			}
			_, err = ledger.Void(tx, h.accountant, drafts[0].Document, 1, "录错")
			return err
		})
		if r := h.bring(h.accountant, exchange.Vouchers, voucherHead+supplies(1, "2025-01-08", "900"), h.posting()); r.Accepted != 4 {
			t.Errorf("%v", r.Errors)
		}
		h.verify()
	})
}

// TestImportVouchers_Workbook: what a spreadsheet hides is refused with its cell, and the figures of a template come in.
func TestImportVouchers_Workbook(t *testing.T) {
	h := newHall(t, storetest.One(t))
	tests := []struct {
		name string
		edit func(f *excelize.File) error
		want string
	}{
		{"as filled in", func(*excelize.File) error { return nil }, ""},
		{"a formula", func(f *excelize.File) error { return f.SetCellFormula("Sheet1", "M2", "=1+1") }, "公式"},
		{"merged cells", func(f *excelize.File) error { return f.MergeCell("Sheet1", "B2", "B3") }, "合并"},
	}
	for _, tt := range tests {
		var template, file bytes.Buffer
		if err := exchange.Template(&template, exchange.Vouchers); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&template)
		if err != nil {
			t.Fatal(err)
		}
		for i, side := range []struct {
			cell, account string
		}{{"M", "102"}, {"N", "50104"}} {
			row := fmt.Sprint(i + 2)
			for cell, value := range map[string]any{"A": "201", "B": "2026-10-08", "F": "收承包费", "G": side.account, side.cell: 5000.25} {
				if err := f.SetCellValue("Sheet1", cell+row, value); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := tt.edit(f); err != nil {
			t.Fatal(err)
		}
		if err := f.Write(&file); err != nil {
			t.Fatal(err)
		}
		r, err := exchange.Import(context.Background(), h.db, h.accountant, exchange.Vouchers, "凭证.xlsx", &file, exchange.Options{DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		if tt.want == "" && r.Accepted != 2 || tt.want != "" && !strings.Contains(r.Errors.Error(), tt.want) {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
}

func FuzzImportVouchers(f *testing.F) {
	f.Add([]byte(voucherHead + supplies(1, "2026-10-08", "1000") + rent))
	f.Add([]byte("book,date,number,summary,account,debit,credit\n201,2026-10-08,记-0001,甲,102,5,\n,,,乙,50104,,5\n"))
	f.Add([]byte("账套,日期,摘要,科目编码,借方金额,贷方金额,凭证类型,冲销凭证\n201,2026-10-08,甲,102,5,,结转,2026-10 记-0001\n"))
	h := newHall(f, storetest.One(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		h.t = t
		before := h.rows()
		r, err := exchange.Import(context.Background(), h.db, h.accountant, exchange.Vouchers, "fuzz.csv", strings.NewReader(string(data)), h.posting())
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Errors) > 0 && (r.Accepted > 0 || h.rows() != before) {
			t.Errorf("refused, and yet %d rows; %s, before %s", r.Accepted, h.rows(), before)
		}
		if len(r.Errors) == 0 && r.Accepted != r.Rows {
			t.Errorf("%+v", r)
		}
	})
}

// TestImportVouchers_SpendingUnit: in a shared book a line says which unit spends; it comes back out under the unit's
// code, and a unit outside the book's own is refused, as one that is not there.
func TestImportVouchers_SpendingUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		head := strings.TrimSuffix(voucherHead, "\n") + ",用款单位\n"
		lines := func(unit string) string {
			return "101,2026-10-08,记,,,收到拨款,100202,,,,,,10,," + unit + "\n101,2026-10-08,记,,,收到拨款,400101,,,,,,,10," + unit + "\n" +
				"101,2026-10-08,记,,,收到拨款,800102,,,,,,10,," + unit + "\n101,2026-10-08,记,,,收到拨款,60010102,2010301,,,,,,10," + unit + "\n"
		}
		for unit, says := range map[string]string{"404": "没有编码为「404」的单位", "990001102": "不属于账套"} {
			r := h.bring(h.accountant, exchange.Vouchers, head+lines(unit), h.posting())
			if r.Accepted != 0 || len(r.Errors) == 0 || !strings.Contains(r.Errors[0].Message, says) {
				t.Errorf("unit %s: %+v", unit, r)
			}
		}
		if r := h.bring(h.accountant, exchange.Vouchers, head+lines("990001101"), h.posting()); r.Accepted != 4 {
			t.Fatalf("%+v", r)
		}
		h.verify()
		var out bytes.Buffer
		h.read(func(tx *store.Tx) error {
			return exchange.ExportBook(tx, h.accountant, exchange.Vouchers, "101", &out, sheet.CSV)
		})
		if got := strings.Count(out.String(), ",990001101"); got != 4 {
			t.Errorf("%d lines name the unit: %s", got, out.String())
		}
	})
}
