package exchange_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// emptyHall is a county of nothing but its root, as init leaves it.
func emptyHall(t *testing.T, db *store.DB) *hall {
	t.Helper()
	h := &hall{t: t, db: db}
	h.write(func(tx *store.Tx) error {
		if err := ledger.InstallStandards(tx); err != nil {
			return err
		}
		_, err := identity.BootstrapCounty(tx, county, "青岚县", "", "2020-01-01")
		return err
	})
	return h
}

func countyKeys(t *testing.T) *identity.Keys {
	t.Helper()
	keys, err := identity.LoadKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Create(county); err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestImportUnits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := emptyHall(t, db)
		by := exchange.Operator(county)
		// A village may stand above its township.
		file := "单位编码,名称,上级,类型,启用日期,停用日期\n990001101201,清溪村,990001101,村(居),2025-01-01,\n990001101,柳溪镇,,乡镇,,\n"
		before := h.rows()
		bad := strings.Replace(file, "柳溪镇,,乡镇,,", "柳溪镇,,乡,2024-02-30,", 1) + "990001103,石桥镇,990001999,township,,\n,无码,,乡镇,,\n990001104,倒,,乡镇,2025-02-01,2025-01-01\n"
		r := h.bring(by, exchange.Units, bad, exchange.Options{})
		compare(t, "bad rows", r.Errors, []string{
			"第 2 行「上级」:上级单位「990001101」本身有误", "第 3 行「启用日期」:日期「2024-02-30」不存在", "第 4 行「上级」:没有编码为「990001999」的单位",
			"第 5 行「单位编码」:单位编码不能为空", "第 6 行「停用日期」:撤销日期 2025-01-01 早于设立日期 2025-02-01",
		})
		if r := h.bring(by, exchange.Units, file, exchange.Options{DryRun: true}); r.Accepted != 2 || h.rows() != before {
			t.Errorf("dry run: %+v, rows %s, before %s", r, h.rows(), before)
		}
		if r := h.bring(by, exchange.Units, file, exchange.Options{}); r.Accepted != 2 {
			t.Fatalf("%v", r.Errors)
		}
		compare(t, "again", h.bring(by, exchange.Units, file, exchange.Options{}).Errors, []string{"内容相同的文件已于"})
		compare(t, "other role", h.bring(h.person(9, "", "/1/", identity.Accountant), exchange.Units, "code,name,kind\n5,某单位,乡镇\n", exchange.Options{}).Errors,
			[]string{"您没有登记单位的权限"})
		h.read(func(tx *store.Tx) error {
			u, err := org.ByCode(tx, county, "990001101201")
			if err == nil && (u.Kind != org.Village || len(org.Ancestors(u.Path)) != 3) {
				t.Errorf("%+v", u)
			}
			return err
		})
	})
}

func TestImportPersons(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := emptyHall(t, db)
		keys, by := countyKeys(t), exchange.Operator(county)
		const head = "登录名,姓名,身份证号,单位,角色\n"
		file := head + "zhou,周明,11010519491231002X,990001,会计;报账员\nzhou2,周明,11010519491231002x,990001,\n,吴清,440524188001010014,990001,\n"
		before := h.rows()
		r := h.bring(by, exchange.Persons, file, exchange.Options{Keys: keys})
		compare(t, "too old", r.Errors, []string{"第 4 行「身份证号」:身份证号"})
		file = strings.Replace(file, ",吴清,440524188001010014,990001,\n", "wu,吴清,53010219200508011X,990001,出纳\n", 1)
		file = strings.Replace(file, "会计;报账员", "会计\uff1b报账员", 1)
		compare(t, "one person, two duties", h.bring(by, exchange.Persons, strings.Replace(file, "出纳", "出纳,会计主管", 1), exchange.Options{Keys: keys}).Errors,
			[]string{"单元格 F4"})
		r = h.bring(by, exchange.Persons, strings.NewReplacer("会计\uff1b报账员", "会计\uff1b出纳", ",出纳", ",厨师").Replace(file), exchange.Options{Keys: keys})
		compare(t, "duties", r.Errors, []string{"第 2 行「角色」:出纳不得兼任", "第 4 行「角色」:没有角色「厨师」"})
		r = h.bring(by, exchange.Persons, head+"zh ou,周\u200b明,11010519491231002A,7,厨师;会计;管家\n,吴清,53010219200508011X,990001,会计\n", exchange.Options{Keys: keys})
		compare(t, "every wrong cell", r.Errors, []string{
			"第 2 行「单位」:没有编码为「7」的单位", "第 2 行「姓名」:姓名第 2 个字符看不见", "第 2 行「身份证号」:身份证号应为 18 位",
			"第 2 行「角色」:没有角色「厨师」", "第 2 行「角色」:没有角色「管家」", "第 2 行「登录名」:登录名「zh ou」不可用", "第 3 行「角色」:没有登录名不能授予角色",
		})
		if h.rows() != before {
			t.Errorf("rows %s, before %s", h.rows(), before)
		}
		r = h.bring(by, exchange.Persons, file, exchange.Options{Keys: keys})
		if r.Accepted != 3 || len(r.Logins) != 3 || r.Logins[0].Name != "zhou" || len(r.Logins[0].Password) != 14 {
			t.Fatalf("%+v", r)
		}
		h.read(func(tx *store.Tx) error {
			a, err := identity.ByName(tx, county, "zhou")
			if err != nil || !a.Has("/1/", identity.Accountant) || !a.Has("/1/", identity.Clerk) {
				t.Errorf("%+v, %v", a, err)
			}
			persons, err := identity.ListPersons(tx, county, "/")
			if len(persons) != 2 {
				t.Errorf("%+v", persons)
			}
			return err
		})
		compare(t, "no keys", h.bring(by, exchange.Persons, file, exchange.Options{}).Errors, []string{"没有 990001 县的密钥"})
		var out bytes.Buffer
		h.read(func(tx *store.Tx) error { return exchange.Export(tx, by, exchange.Persons, &out, sheet.CSV) })
		if want := "zhou,周明,110105********002X,990001,会计;报账员\r\n"; !strings.Contains(out.String(), want) && !strings.Contains(out.String(), "报账员;会计") {
			t.Errorf("export %s", out.String())
		}
	})
}

func TestImportBooksAndAccounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := emptyHall(t, db)
		by := exchange.Operator(county)
		const head = "账套,名称,单位,科目体系,启用期间\n"
		r := h.bring(by, exchange.Books, head+"101,机关,990001,government,2026-01\n102,站所,990001,政府会计,2026-13\n101,重,990001,village,2026-01\n103,企业,990001,enterprise,2026-01\n104,远,7,village,2026-01\n", exchange.Options{})
		compare(t, "books", r.Errors, []string{"第 3 行「启用期间」:会计期间「2026-13」", "第 4 行「账套」:账套编码「101」已被使用",
			"第 5 行「科目体系」:没有科目体系「enterprise」", "第 6 行「单位」:没有编码为「7」的单位"})
		r = h.bring(by, exchange.Books, "账套,名称,单位,科目体系,启用期间,类型\n101,机关,7,企业,2026-13,公司\n105,远,990001,行政事业单位,1999-01,\n", exchange.Options{})
		compare(t, "every wrong cell", r.Errors, []string{
			"第 2 行「单位」:没有编码为「7」的单位", "第 2 行「类型」:没有账套类型「公司」;可用:行政单位、",
			"第 2 行「科目体系」:没有科目体系「企业」;请填 行政事业单位、村集体、财政总会计,也可填代码", "第 2 行「启用期间」:会计期间「2026-13」",
			"第 3 行「启用期间」:「行政事业单位」的科目表自 2019 年起施行,账套不能从 1999 年 1 月 启用;请把启用期间改为 2019-01 或以后",
		})
		r = h.bring(by, exchange.Books, head+"101,机关,990001,行政事业单位,2026-01\n201,村,990001,village,2025-01\n", exchange.Options{})
		if r.Accepted != 2 {
			t.Fatalf("%v", r.Errors)
		}
		r = h.bring(by, exchange.Accounts, "科目编码,名称,上级,账套,科目体系,辅助核算\n10020202,农信社,100202,101,,\n10020201,工行,100202,,government,\n"+
			"1009,黄金,,101,,\n10020204,农行,100202,101,,colour\n10020203,建行,1002,101,village,\n12180101,借款,121801,,government,party!\n", exchange.Options{})
		compare(t, "accounts", r.Errors, []string{"第 4 行「科目编码」:一级科目由财政部统一规定", "第 5 行「辅助核算」:辅助核算「colour」写法不对", "第 6 行「科目体系」:账套机关的科目体系是行政事业单位", "第 7 行「上级」:没有上级科目「121801」"})
		r = h.bring(by, exchange.Accounts, "科目编码,名称,上级,账套,科目体系,辅助核算\n10020202,农信社,100202,101,,\n10020201,工行,100202,,government,\n1020101,工行,10201,,village,party!\n10201,基本户,102,,village,\n", exchange.Options{})
		if r.Accepted != 4 {
			t.Fatalf("%v", r.Errors)
		}
		h.read(func(tx *store.Tx) error {
			b, err := ledger.BookByCode(tx, county, "101")
			if err != nil {
				return err
			}
			chart, err := ledger.ChartOf(tx, b, 2026)
			if err != nil {
				return err
			}
			if a, ok := chart.Account("10020202"); !ok || a.FullName != "银行存款/其他银行存款/农信社" && !a.Leaf {
				t.Errorf("%+v", a)
			}
			return nil
		})
	})
}

func TestImportEdition(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := emptyHall(t, db)
		o := exchange.Options{Edition: &ledger.NewEdition{ID: "village-2027", Kind: string(ledger.Village), Title: "新制度", Source: "财会〔2026〕1号", FromYear: 2027}}
		const head = "科目编码,名称,上级,余额方向,会计要素,适用,所属,辅助核算\n"
		r := h.bring(exchange.Operator(county), exchange.Accounts, head+"101,库存现金,,借,asset,,,\n101,又一,,借,asset,,,\n11301,内部,113,贷,liability,village_collective,财务会计,party!\n5x,坏,,借,asset,,,\n6,坏,,上,asset,,,\n7,坏,,借,gold,,,\n8,坏,,借,asset,,,colour\n", o)
		compare(t, "rows", r.Errors, []string{"第 3 行「科目编码」:科目编码「101」与第 2 行重复", "第 4 行「上级」:表中没有上级科目「113」", "第 5 行「科目编码」",
			"第 6 行「余额方向」", "第 7 行「会计要素」", "第 8 行「辅助核算」"})
		r = h.bring(exchange.Operator(county), exchange.Accounts, head+"101,库存现金,,借,asset,,,\n301,资本,,贷,equity,village_collective,,\n112,应收款,,借,asset,,,\"party!,project\"\n", o)
		if r.Accepted != 3 {
			t.Fatalf("%v", r.Errors)
		}
		h.read(func(tx *store.Tx) error {
			editions, err := ledger.Editions(tx)
			for _, e := range editions {
				if e.ID == "village-2027" && e.FromYear == 2027 {
					return err
				}
			}
			t.Errorf("%+v", editions)
			return err
		})
	})
}

// TestImportEdition_Classification brings in a year's functional classification: vouchers of that year may use its
// classes, and only those.
func TestImportEdition_Classification(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		o := exchange.Options{Edition: &ledger.NewEdition{ID: "function-2026", Kind: "function", Title: "2026 年支出功能分类", Source: "财预〔2025〕1号", FromYear: 2026}}
		r := h.bring(exchange.Operator(county), exchange.Accounts, "科目编码,名称,上级\n201,一般公共服务支出,\n20141,数据事务,201\n2014101,行政运行,20141\n2019901,其他,20199\n", o)
		compare(t, "rows", r.Errors, []string{"第 5 行「上级」:表中没有上级科目「20199」"})
		r = h.bring(exchange.Operator(county), exchange.Accounts, "科目编码,名称,上级\n201,一般公共服务支出,\n20141,数据事务,201\n2014101,行政运行,20141\n", o)
		if r.Accepted != 3 {
			t.Fatalf("%v", r.Errors)
		}
		voucher := func(date, function string) string {
			return voucherHead + strings.NewReplacer("DATE", date, "FUNCTION", function).Replace(
				"101,DATE,记,,2,付办公用品款,500102,FUNCTION,30201,,,,100,\n101,DATE,记,,2,付办公用品款,400101,,,,,,,100\n"+
					"101,DATE,记,,2,付办公用品款,71010101,FUNCTION,30201,,,,100,\n101,DATE,记,,2,付办公用品款,60010102,FUNCTION,,,,,,100\n")
		}
		for file, accepted := range map[string]int{
			voucher("2026-09-01", "2014101"): 4, voucher("2026-09-02", "2010301"): 0, voucher("2025-12-01", "2010301"): 4, voucher("2025-12-02", "2014101"): 0,
		} {
			if r := h.bring(exchange.Operator(county), exchange.Vouchers, file, exchange.Options{}); r.Accepted != accepted {
				t.Errorf("accepted %d rows, want %d: %v\n%s", r.Accepted, accepted, r.Errors, file)
			}
		}
	})
}

// TestImportEdition_SharedByCounties: official tables belong to every county of the database.
func TestImportEdition_SharedByCounties(t *testing.T) {
	h := newHall(t, storetest.One(t))
	o := exchange.Options{Edition: &ledger.NewEdition{ID: "fund-2027", Kind: "fund", Title: "资金性质", Source: "财会〔2026〕1号", FromYear: 2027}}
	treasury := h.person(15, "县国库股", "/1/", identity.CountyTreasury)
	const file = "科目编码,名称,上级\n1,财政拨款,\n"
	h.write(func(tx *store.Tx) error {
		_, err := org.CreateCounty(tx, 990002, "白岭县", "", "2020-01-01")
		return err
	})
	compare(t, "by a county", h.bring(treasury, exchange.Accounts, file, o).Errors, []string{"本库有 2 个县共用财政部的科目表和分类"})
	if r := h.bring(exchange.Operator(county), exchange.Accounts, file, o); r.Accepted != 1 {
		t.Errorf("by the operator: %v", r.Errors)
	}
}

// TestExportPersons_ToWhoKeepsThem: who works in a unit, with logins and roles, is not for every reader of its books.
func TestExportPersons_ToWhoKeepsThem(t *testing.T) {
	h := newHall(t, storetest.One(t))
	keys := countyKeys(t)
	const file = "登录名,姓名,身份证号,单位,角色\nzhou,周明,11010519491231002X,990001101,会计\nwu,吴清,53010219200508011X,990001102,会计\n"
	if r := h.bring(exchange.Operator(county), exchange.Persons, file, exchange.Options{Keys: keys}); r.Accepted != 2 {
		t.Fatal(r.Errors)
	}
	export := func(role identity.Role) (string, error) {
		var out bytes.Buffer
		err := h.db.Read(t.Context(), func(tx *store.Tx) error {
			return exchange.Export(tx, h.person(15, "", h.office.Path, role), exchange.Persons, &out, sheet.CSV)
		})
		return out.String(), err
	}
	for _, role := range identity.Roles() {
		out, err := export(role)
		if !slices.Contains(identity.PersonReaders, role) {
			if !fault.HasCode(err, "role-missing") || out != "" {
				t.Errorf("%s is given %q, %v", role, out, err)
			}
			continue
		}
		if err != nil || !strings.Contains(out, "zhou") || strings.Contains(out, "wu") {
			t.Errorf("%s is given %q, %v", role, out, err)
		}
	}
}

func TestTemplates(t *testing.T) {
	for _, kind := range exchange.Kinds() {
		layout, err := exchange.Layout(kind)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := exchange.Template(&out, kind); err != nil {
			t.Fatal(err)
		}
		table, err := sheet.Read("template.xlsx", bytes.NewReader(out.Bytes()), layout)
		if err != nil || len(table.Rows) != 0 {
			t.Errorf("%s: the template does not read back: %v", kind, err)
		}
	}
	if _, err := exchange.Layout("gold"); err == nil {
		t.Error("a kind that does not exist has a layout")
	}
	r, err := exchange.Import(context.Background(), nil, identity.Actor{}, "gold", "x", strings.NewReader(""), exchange.Options{})
	if err != nil || len(r.Errors) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
