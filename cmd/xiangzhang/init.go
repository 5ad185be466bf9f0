package main

import (
	"context"
	"fmt"
	"io"

	"xiangzhang/internal/setup"
	"xiangzhang/internal/store"
)

func runInit(ctx context.Context, k *call) error {
	year := k.flags.Int("year", 0, "")
	name := k.flags.String("name", "", "")
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 || k.county == "" || *year == 0 {
		return errUsage{"须用 --county 指明县(名称、代码或拼音),用 --year 指明启用年度"}
	}
	if *year < setup.FirstYear || *year > setup.LastYear {
		return errUsage{fmt.Sprintf("启用年度须在 %d 至 %d 年之间,现为 %d", setup.FirstYear, setup.LastYear, *year)}
	}
	if err := k.needFolders(); err != nil {
		return err
	}
	division, err := setup.Find(k.county)
	if *name != "" {
		division, err = setup.Newer(k.county, *name)
	}
	if err != nil {
		return err
	}
	db, err := k.open(ctx, true, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := k.loadKeys()
	if err != nil {
		return err
	}
	out, err := k.openOutput(forSecrets)
	if err != nil {
		return err
	}
	made, err := setup.Make(ctx, db, keys, setup.Request{Division: division, Year: *year})
	if err != nil {
		return out.finish(err)
	}
	print := func(w io.Writer) { printMade(w, made) }
	err = out.finish(k.printTo(out, made, print))
	if err != nil && k.output != "" {
		print(k.problems) // the county is there: its passwords must not be lost with the file
	}
	return err
}

func printMade(w io.Writer, m setup.Made) {
	fmt.Fprintf(w, "已建立%s(%d):%d 个单位。\n\n下列一次性密码只显示这一次,首次登录须修改:\n", m.Name, m.County, m.Units)
	for _, l := range m.Logins {
		fmt.Fprintf(w, "  %-12s %s\t%s\n", l.Login, l.Password, l.Role)
	}
	fmt.Fprintf(w, "\n接下来:xiangzhang serve,或用 xiangzhang export template books -o 账套.xlsx 取得填写模板。\n")
}
