package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// importFlags say how files are taken.
type importFlags struct {
	dryRun, post, replace        bool
	book, period, maker, checker string
	edition, chart, title, basis string
	fromYear                     int
}

func runImport(ctx context.Context, k *call) error {
	f := &importFlags{}
	k.flags.BoolVar(&f.dryRun, "dry-run", false, "")
	k.flags.BoolVar(&f.post, "post", false, "")
	k.flags.BoolVar(&f.replace, "replace", false, "")
	k.flags.StringVar(&f.book, "book", "", "")
	k.flags.StringVar(&f.period, "period", "", "")
	k.flags.StringVar(&f.maker, "maker", "", "")
	k.flags.StringVar(&f.checker, "checker", "", "")
	k.flags.StringVar(&f.edition, "edition", "", "")
	k.flags.StringVar(&f.chart, "chart", "", "")
	k.flags.StringVar(&f.title, "title", "", "")
	k.flags.StringVar(&f.basis, "source", "", "")
	k.flags.IntVar(&f.fromYear, "from-year", 0, "")
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) < 2 {
		return errUsage{"请指明类别和文件"}
	}
	kind := exchange.Kind(words[0])
	if _, err := exchange.Layout(kind); err != nil {
		return errUsage{fault.As(err).Error()}
	}
	if f.replace && kind != exchange.Opening && kind != exchange.Budget {
		return errUsage{"--replace 只用于导入 opening 和 budget"}
	}
	if f.post && (f.maker == "" || f.checker == "" || f.maker == f.checker) {
		return errUsage{"--post 须以 --maker 和 --checker 指明制单和审核的两个登录名"}
	}
	if kind == exchange.Opening && f.checker != "" && f.maker == f.checker {
		return errUsage{"--maker 和 --checker 须指明两个不同的登录名"}
	}
	if k.output != "" && len(words) > 2 {
		return errUsage{"-o 只能用于导入一个文件,几个文件请分别导入"}
	}
	if kind == exchange.Persons {
		if err := k.needFolders(); err != nil {
			return err
		}
	}
	db, err := k.openCurrent(ctx, false, store.Options{CacheMiB: 256})
	if err != nil {
		return err
	}
	defer db.Close()
	county, err := k.theCounty(ctx, db)
	if err != nil {
		return err
	}
	o, by, err := f.options(ctx, k, db, county, kind)
	if err != nil {
		return err
	}
	files := words[1:]
	for i, path := range files {
		if err := k.importFile(ctx, db, by, kind, path, o); err != nil {
			if len(files) > 1 {
				tellTaken(k.problems, files[:i], files[i], files[i+1:], f.dryRun)
			}
			return err
		}
	}
	return nil
}

// tellTaken says what became of several files: each is taken by itself, and the first bad one ends the import.
func tellTaken(w io.Writer, taken []string, bad string, rest []string, dryRun bool) {
	did := "已导入"
	if dryRun {
		did = "检查通过"
	}
	if len(taken) == 0 {
		did = "没有" + did + "的文件"
	} else {
		did += " " + strings.Join(taken, "、")
	}
	fmt.Fprintf(w, "几个文件逐个办理:%s;未导入 %s(有误)", did, bad)
	if len(rest) > 0 {
		fmt.Fprintf(w, "、%s(未办理)", strings.Join(rest, "、"))
	}
	fmt.Fprintln(w, "。更正后请只导入未导入的文件。")
}

// options turns the flags into what the import needs; by is who brings the files in. Only persons need the keys.
func (f *importFlags) options(ctx context.Context, k *call, db *store.DB, county int64, kind exchange.Kind) (exchange.Options, identity.Actor, error) {
	o := exchange.Options{DryRun: f.dryRun, Replace: f.replace, Post: f.post, Book: f.book}
	by := exchange.Operator(county)
	var err error
	if f.period != "" {
		if o.Period, err = calendar.ParsePeriod(f.period); err != nil {
			return o, by, errUsage{fault.As(err).Error()}
		}
	}
	if f.edition != "" {
		if f.chart == "" || f.title == "" || f.basis == "" || f.fromYear == 0 {
			return o, by, errUsage{"导入新版科目表须以 --chart、--title、--source、--from-year 指明科目体系、名称、文号和启用年度"}
		}
		o.Edition = &ledger.NewEdition{ID: f.edition, Kind: f.chart, Title: f.title, Source: f.basis, FromYear: f.fromYear}
	}
	if kind == exchange.Persons {
		if o.Keys, err = k.loadKeys(); err != nil {
			return o, by, err
		}
	}
	people := map[string]**identity.Actor{f.maker: &o.Maker, f.checker: &o.Checker}
	delete(people, "")
	err = db.Read(ctx, func(tx *store.Tx) error {
		for name, slot := range people {
			a, err := identity.ByName(tx, county, name)
			if err != nil {
				return err
			}
			*slot = &a
		}
		return nil
	})
	return o, by, err
}

func (k *call) importFile(ctx context.Context, db *store.DB, by identity.Actor, kind exchange.Kind, path string, o exchange.Options) error {
	file, err := os.Open(path)
	if err != nil {
		return fault.Newf(fault.NotFound, "file-missing", "请核对文件名和目录", "不能打开文件 %s", path).Because(err)
	}
	defer file.Close()
	mode := forAll
	if kind == exchange.Persons {
		mode = forSecrets
	}
	out, err := k.openOutput(mode)
	if err != nil {
		return err
	}
	result, err := exchange.Import(ctx, db, by, kind, filepath.Base(path), file, o)
	if err == nil {
		err = k.printTo(out, result, func(w io.Writer) { printImport(w, path, result, o.DryRun) })
	}
	if err := out.finish(err); err != nil {
		return err
	}
	if len(result.Errors) > 0 {
		if k.format != "json" {
			fmt.Fprintln(k.problems, result.Errors.Error())
		}
		return errRefused
	}
	return nil
}

func printImport(w io.Writer, path string, r exchange.Result, dryRun bool) {
	switch {
	case len(r.Errors) > 0:
		fmt.Fprintf(w, "%s:%d 行,未导入,有 %d 处须更正。\n", path, r.Rows, len(r.Errors))
	case dryRun:
		fmt.Fprintf(w, "%s:%d 行,检查通过,未导入。\n", path, r.Rows)
	default:
		fmt.Fprintf(w, "%s:%d 行,已导入 %d 行。\n", path, r.Rows, r.Accepted)
	}
	for _, l := range r.Logins {
		fmt.Fprintf(w, "  %s\t%s\t一次性密码 %s\n", l.Name, l.Person, l.Password)
	}
}
