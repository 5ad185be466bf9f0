// Command xiangzhang keeps the books of a county and its townships: one program for the people at their desks, the
// files they exchange and the machine it runs on.
//
// It exits with 0 when it did what was asked, 1 when the input or the data was refused, 2 on wrong usage. Errors are
// sentences on standard error. docs/commands.md describes every command and its json.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"xiangzhang/internal/fault"
)

// command is one command of the program.
type command struct {
	name  string
	usage string // what follows the name
	about string
	run   func(ctx context.Context, c *call) error
}

func commands() []command {
	return []command{
		{"demo", "[--addr 127.0.0.1:8080] [--no-serve]", "建立演示县(虚构数据),列出可登录人员并开始服务", runDemo},
		{"init", "--county 县名或代码 --year 年度", "建立新县:单位、官方科目与分类、管理员一次性密码", runInit},
		{"serve", "[--addr 127.0.0.1:8080]", "提供网页服务", runServe},
		{"import", "类别 文件… [--dry-run]", "导入 units、persons、books、accounts、opening、vouchers、budget", runImport},
		{"export", "template 类别 | hledger --book 账套 | audit | 类别 [--book 账套]", "导出表格、填写模板、hledger 账簿、审计数据", runExport},
		{"statement", "名称 (--book 账套[,账套] | --unit 单位) --from 期间 --to 期间", "编制账簿和报表", runStatement},
		{"check", "[--files 附件目录]", "由原始分录重算并核对全部数据和附件", runCheck},
		{"bench", "名称 [--size 张数]", "测速:post、statement、page、search、print、start", runBench},
		{"backup", "-o 文件 [--force] [--recipient 公钥]", "服务中也可做的一致备份", runBackup},
		{"restore", "文件", "由备份恢复到空库", runRestore},
		{"user", "list | reset-password 登录名", "列出登录名,重置密码", runUser},
		{"version", "", "程序和数据库结构的版本", runVersion},
	}
}

// errUsage is wrong usage: exit 2.
type errUsage struct{ text string }

func (e errUsage) Error() string { return e.text }

// errRefused says that the refusal has been printed already: exit 1 and no more words.
var errRefused = errors.New("refused")

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run runs one command line and gives its exit code.
func run(args []string, in io.Reader, out, problems io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	slog.SetDefault(slog.New(slog.NewTextHandler(problems, nil)))
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		printUsage(out)
		if len(args) == 0 {
			return 2
		}
		return 0
	}
	if args[0] == "--version" {
		args[0] = "version"
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return exit(problems, c, c.run(ctx, newCall(c, args[1:], in, out, problems)))
		}
	}
	fmt.Fprintf(problems, "没有命令「%s」。运行 xiangzhang help 查看全部命令。\n", args[0])
	return 2
}

func exit(problems io.Writer, c command, err error) int {
	var usage errUsage
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(problems, "%s\n用法:xiangzhang %s %s\n", usage.text, c.name, c.usage)
		return 2
	case errors.Is(err, errRefused):
		return 1
	case fault.As(err) != nil:
		fmt.Fprintln(problems, fault.As(err).Error())
		return 1
	case machineFault(err) != nil:
		fmt.Fprintln(problems, machineFault(err).Error())
		return 1
	default:
		fmt.Fprintf(problems, "未能完成:%v\n", err)
		return 1
	}
}

func printUsage(out io.Writer) {
	fmt.Fprint(out, "乡账:县乡两级一本可核验的账\n\n用法:xiangzhang 命令 [选项]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-10s %s\n", c.name, c.about)
	}
	fmt.Fprint(out, `
每个命令都可用:
  --data 目录        数据目录,默认 ./data
  --database 网址    改用 PostgreSQL:postgres://…
  --county 代码      库中有几个县时指明
  --format 格式      text、json,表格另有 csv、csv-gbk、xlsx
  -o 文件            输出到文件
`)
}
