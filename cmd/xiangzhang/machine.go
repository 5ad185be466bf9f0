package main

import (
	"errors"
	"io/fs"
	"syscall"

	"xiangzhang/internal/fault"
)

// machineReasons say in words what a system refuses or cannot do.
var machineReasons = []struct {
	err    error
	reason string
}{
	{fs.ErrNotExist, "没有这个文件或目录"},
	{fs.ErrPermission, "没有权限"},
	{syscall.ENOSPC, "磁盘空间不足"},
	{syscall.EDQUOT, "超过磁盘配额"},
	{syscall.EFBIG, "文件超过系统允许的大小"},
	{syscall.EISDIR, "它是一个目录"},
	{syscall.ENOTDIR, "路径中有一段不是目录"},
	{syscall.EROFS, "磁盘是只读的"},
	{syscall.ENAMETOOLONG, "文件名过长"},
	{syscall.EIO, "磁盘读写失败"},
	{syscall.EMFILE, "打开的文件过多"},
	{syscall.ETXTBSY, "文件正被使用"},
	{syscall.EPIPE, "接收输出的程序已经退出"},
	{fs.ErrExist, "已有同名的文件或目录"},
}

// machineReason gives why the system failed, empty where that is not known.
func machineReason(err error) string {
	for _, m := range machineReasons {
		if errors.Is(err, m.err) {
			return m.reason
		}
	}
	return ""
}

// machineFault makes a sentence of what the system refused; nil where it is something else.
func machineFault(err error) *fault.Error {
	reason := machineReason(err)
	if reason == "" {
		return nil
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		return fault.Newf(fault.Refused, "machine-failed", "请检查文件、目录、权限和磁盘空间后重试", "不能使用 %s:%s", at.Path, reason).Because(err)
	}
	return fault.New(fault.Refused, "machine-failed", "系统不能完成:"+reason, "请检查文件、目录、权限和磁盘空间后重试").Because(err)
}
