package main

import (
	"context"
	"errors"
	"fmt"

	"xiangzhang/internal/demo"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web"
)

func runDemo(ctx context.Context, k *call) error {
	s := k.servingFlags()
	noServe := k.flags.Bool("no-serve", false, "")
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return errUsage{"demo 不带其他参数"}
	}
	if err := errors.Join(s.check(), k.needFolders()); err != nil {
		return err
	}
	if !*noServe {
		listener, err := s.listen() // before the work: a taken port is told at once
		if err != nil {
			return err
		}
		listener.Close()
	}
	db, err := k.open(ctx, true, store.Options{CacheMiB: 256})
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := k.loadKeys()
	if err != nil {
		return err
	}
	if err := k.whileWriting(func() error { return k.makeDemo(ctx, db, keys) }); err != nil {
		return err
	}
	if *noServe {
		return nil
	}
	return k.serve(ctx, s, web.Config{DB: db, County: demo.County, Keys: keys, Files: k.files, Demo: true})
}

func (k *call) makeDemo(ctx context.Context, db *store.DB, keys *identity.Keys) error {
	progress := func(text string) {
		if k.format != "json" {
			fmt.Fprintln(k.out, text)
		}
	}
	summary, err := demo.Build(ctx, db, keys, progress)
	if err != nil {
		return err
	}
	if k.format == "json" {
		return writeJSON(k.out, summary)
	}
	printDemo(k, summary)
	return nil
}

func printDemo(k *call, s demo.Summary) {
	fmt.Fprintf(k.out, "\n%s(虚构数据):%d 个单位,%d 套账,%d 张凭证,%d 张在办。业务日期 %s。\n演示中一键登录,无需密码,例如:\n",
		s.Name, s.Units, s.Books, s.Vouchers, s.Drafts, s.BusinessDate)
	for _, p := range s.People {
		if p.First {
			fmt.Fprintf(k.out, "  %-16s %s\t%s\t%s\n", p.Login, p.Name, p.Title, p.Unit)
		}
	}
	fmt.Fprintln(k.out)
}
