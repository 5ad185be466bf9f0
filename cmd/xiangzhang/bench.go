package main

import (
	"context"
	"fmt"
	"os"

	"xiangzhang/internal/bench"
	"xiangzhang/internal/fault"
)

func runBench(ctx context.Context, k *call) error {
	size := k.flags.Int("size", 0, "")
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage{"请指明测速名称:post、statement、page、search、print、treasury、start"}
	}
	dir, err := os.MkdirTemp("", "xiangzhang-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return k.whileWriting(func() error { return k.bench(ctx, words[0], dir, *size) })
}

func (k *call) bench(ctx context.Context, name, dir string, size int) error {
	o := bench.Options{Dir: dir, Database: k.database, Size: size, Print: func(r bench.Result) {
		if k.format == "json" {
			_ = writeJSON(k.out, r) // standard output gone: the next write tells
			return
		}
		printBench(k, r)
	}}
	switch name {
	case "post":
		return bench.Post(ctx, o)
	case "statement":
		return bench.Statement(ctx, o)
	case "page":
		return bench.Page(ctx, o)
	case "search":
		return bench.Search(ctx, o)
	case "print":
		return bench.Print(ctx, o)
	case "treasury":
		if err := bench.Treasury(ctx, o); err != nil {
			return err
		}
		return bench.Payments(ctx, o)
	case "start":
		program, err := os.Executable()
		if err != nil {
			return err
		}
		if _, err := os.Stat(k.target()); err != nil {
			return fault.New(fault.NotFound, "data-missing", "测启动须有一个已建县的数据目录", "请先运行 demo --no-serve,或用 --data 指明目录").Because(err)
		}
		return bench.Start(ctx, o, program, k.data)
	}
	return errUsage{fmt.Sprintf("没有名为「%s」的测速,可用:post、statement、page、search、print、treasury、start", name)}
}

func printBench(k *call, r bench.Result) {
	fmt.Fprintf(k.out, "%s %s:n=%d", r.Bench, r.Case, r.N)
	if r.Rate > 0 {
		fmt.Fprintf(k.out, " 每秒 %.0f", r.Rate)
	}
	if r.BareRate > 0 {
		fmt.Fprintf(k.out, " 裸循环每秒 %.0f(%.0f%%)", r.BareRate, 100*r.Rate/r.BareRate)
	}
	if r.P50 > 0 {
		fmt.Fprintf(k.out, " p50 %.2f ms p99 %.2f ms", r.P50, r.P99)
	}
	fmt.Fprintf(k.out, " 内存峰值 %.0f MB %s %v\n", r.PeakRSS, r.Engine, r.Config)
}
