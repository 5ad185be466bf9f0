package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"xiangzhang/internal/fault"
)

// The modes of files: forSecrets of one that holds passwords, forAll of every other.
const forAll, forSecrets fs.FileMode = 0o644, 0o600

// output is where a command's result goes. A file appears under its name once it is whole and durable; what stood there
// stands until then.
type output struct {
	io.Writer
	path string   // as the person gave it, for sentences
	real string   // the file that is replaced: path itself, or what a symbolic link there leads to
	temp *os.File // nil: the writer is written through
	mode fs.FileMode
}

// writeTo gives the writer of the output: the file of -o, written whole or not at all, or standard output.
func (k *call) writeTo(write func(w io.Writer) error) error {
	o, err := k.openOutput(forAll)
	if err != nil {
		return err
	}
	return o.finish(write(o))
}

// whileWriting sends what a piece of work says as it goes to where -o says.
func (k *call) whileWriting(work func() error) error {
	o, err := k.openOutput(forAll)
	if err != nil {
		return err
	}
	before := k.out
	k.out = o
	defer func() { k.out = before }()
	return o.finish(work())
}

// openOutput opens where -o says, before the work whose result it is to take. A new file gets the mode, and so does a
// file of passwords that stood there; another keeps its own.
func (k *call) openOutput(mode fs.FileMode) (*output, error) {
	switch k.output {
	case "", "-", "/dev/stdout":
		return &output{Writer: k.out}, nil
	case "/dev/stderr":
		return &output{Writer: k.problems}, nil
	case os.DevNull:
		return &output{Writer: io.Discard}, nil
	}
	o := &output{path: k.output, mode: mode}
	var err error
	if o.real, err = regularFile(o.path); err != nil {
		return nil, err
	}
	if info, err := os.Stat(o.real); err == nil && mode == forAll {
		o.mode = info.Mode().Perm()
	}
	if o.temp, err = os.CreateTemp(filepath.Dir(o.real), ".xiangzhang-*"); err != nil {
		return nil, o.failed(err)
	}
	o.Writer = o.temp
	return o, nil
}

// finish puts the file in its place, or drops it where the writing failed.
func (o *output) finish(err error) error {
	if o.temp == nil {
		return err
	}
	defer os.Remove(o.temp.Name()) // gone already when it was renamed
	if err == nil {
		err = o.temp.Sync()
	}
	if closing := o.temp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(o.temp.Name(), o.mode)
	}
	if err == nil {
		err = os.Rename(o.temp.Name(), o.real)
	}
	return o.failed(err)
}

func (o *output) failed(err error) error {
	if err == nil || fault.As(err) != nil || machineReason(err) == "" {
		return err
	}
	return fault.Newf(fault.Refused, "output-failed", "原有的文件没有改动;请更正后重试,或用 -o 另指一个文件", "不能写入文件 %s:%s", o.path, machineReason(err)).Because(err)
}

// linksMost bounds a chain of symbolic links, as the system itself does.
const linksMost = 40

// regularFile gives the file that a path names, through symbolic links, whether it is there already or not. A folder, a
// device or a pipe is refused: a file put in its place would take it away from everybody else.
func regularFile(path string) (string, error) {
	real := path
	for range linksMost {
		info, err := os.Lstat(real)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return real, nil
		case err != nil:
			return "", (&output{path: path}).failed(err)
		case info.Mode().IsRegular():
			return real, nil
		case info.IsDir():
			return "", fault.Newf(fault.Invalid, "output-folder", "请在目录后写上文件名", "%s 是一个目录", path)
		case info.Mode()&fs.ModeSymlink == 0:
			return "", fault.Newf(fault.Invalid, "output-special", "请换一个文件名;要交给别的程序,请不用 -o,从标准输出接管", "%s 不是普通文件,不能写入", path)
		}
		to, err := os.Readlink(real)
		if err != nil {
			return "", (&output{path: path}).failed(err)
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(real), to)
		}
		real = to
	}
	return "", fault.Newf(fault.Invalid, "output-special", "请换一个文件名", "%s 是循环的符号链接,不能写入", path)
}

// printTo prints a result for people, or as json.
func (k *call) printTo(o io.Writer, result any, text func(w io.Writer)) error {
	if k.format == "json" {
		return writeJSON(o, result)
	}
	w := &errWriter{Writer: o}
	text(w)
	return w.err
}

// errWriter keeps the first failure of a text that is printed piece by piece.
type errWriter struct {
	io.Writer
	err error
}

func (w *errWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return len(p), nil
	}
	_, w.err = w.Writer.Write(p)
	return len(p), nil
}
