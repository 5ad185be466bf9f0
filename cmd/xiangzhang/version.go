package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"xiangzhang/internal/store"
)

// version is the program's version, as the build knows it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// programVersion is what version prints. The schema tells which databases and backups the program can open.
type programVersion struct {
	Version  string `json:"version"`
	Schema   int    `json:"schema"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func runVersion(_ context.Context, k *call) error {
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return errUsage{"version 不带其他内容"}
	}
	v := programVersion{version(), store.SchemaVersion(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
	return k.writeTo(func(w io.Writer) error {
		return k.printTo(w, v, func(w io.Writer) {
			fmt.Fprintf(w, "乡账 xiangzhang %s,数据库结构第 %d 版,%s %s\n", v.Version, v.Schema, v.Go, v.Platform)
		})
	})
}
