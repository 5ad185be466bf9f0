package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"xiangzhang/internal/archive"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// list collects a flag that may be given several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func (k *call) progress() archive.Progress {
	if !isTerminal(k.problems) {
		return nil
	}
	return func(part string, done int64) { fmt.Fprintf(k.problems, "\r\x1b[K%s %d", part, done) }
}

func runBackup(ctx context.Context, k *call) error {
	var recipients list
	k.flags.Var(&recipients, "recipient", "")
	force := k.flags.Bool("force", false, "")
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 || k.output == "" {
		return errUsage{"请用 -o 指明备份文件"}
	}
	if !*force {
		if err := refuseEarlier(k.output); err != nil {
			return err
		}
	}
	file, err := regularFile(k.output)
	if err != nil {
		return err
	}
	if err := k.needFolders(); err != nil {
		return err
	}
	db, err := k.open(ctx, false, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	m, err := archive.BackupTo(ctx, db, file, archive.Options{
		Files: k.files, Keys: k.keys, Recipients: recipients, Program: version(), Progress: k.progress(),
	})
	if err != nil {
		return err
	}
	if k.format == "json" {
		return writeJSON(k.out, m)
	}
	fmt.Fprintf(k.out, "已备份到 %s:%d 张表,%d 行,%d 个附件。\n", k.output, len(m.Tables), m.Rows(), m.Files.Count)
	if len(recipients) == 0 {
		fmt.Fprintln(k.out, "密钥未随备份保存,请另行保管密钥目录;以 --recipient 指明公钥可加密随附。")
	}
	if len(m.Files.Lost) > 0 {
		fmt.Fprintf(k.out, "有 %d 个附件缺失或损坏,未能备份。\n", len(m.Files.Lost))
	}
	return nil
}

// refuseEarlier keeps a slip of the hand from putting today's books in the place of an earlier backup.
func refuseEarlier(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return fault.Newf(fault.Conflict, "backup-exists", "请换一个文件名,或加 --force 覆盖", "文件 %s 已存在", path)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	default:
		return err
	}
}

func runRestore(ctx context.Context, k *call) error {
	var identities list
	k.flags.Var(&identities, "identity", "")
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage{"请指明一个备份文件"}
	}
	if err := k.needFolders(); err != nil {
		return err
	}
	o := archive.RestoreOptions{Files: k.files, Keys: k.keys, Progress: k.progress()}
	for _, path := range identities {
		text, err := os.ReadFile(path)
		if err != nil {
			return fault.Newf(fault.NotFound, "file-missing", "请核对文件名和目录", "不能打开文件 %s", path).Because(err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				o.Identities = append(o.Identities, line)
			}
		}
	}
	if k.database == "" {
		if err := os.MkdirAll(k.data, 0o700); err != nil {
			return err
		}
	}
	return k.whileWriting(func() error { return k.restore(ctx, words[0], o) })
}

func (k *call) restore(ctx context.Context, path string, o archive.RestoreOptions) error {
	done, err := archive.RestoreFrom(ctx, path, k.target(), o)
	if err != nil {
		return err
	}
	if k.format == "json" {
		return writeJSON(k.out, done)
	}
	fmt.Fprintf(k.out, "已恢复:%d 张表,%d 行,%d 个附件。\n", len(done.Tables), done.Rows(), done.Manifest.Files.Count)
	if done.KeysLocked {
		fmt.Fprintln(k.out, "密钥未恢复:账可以打开,身份证号等显示为锁定;放回密钥目录后即可查看。")
	}
	return nil
}
