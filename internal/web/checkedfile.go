package web

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"time"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
)

// checkedFiles are files that were checked and not yet taken, so that nobody chooses his file again to import what he has
// just had checked. They are in memory alone, for their login alone, the last one of each, for a while.
type checkedFiles struct {
	mu    sync.Mutex
	files []checkedFile // the oldest first
}

type checkedFile struct {
	id    string
	login int64
	name  string
	body  []byte
	at    time.Time
}

// What is kept at most: a file that is larger, or older, is chosen again.
const (
	keptMost = 4 << 20  // bytes of one
	keptAll  = 32 << 20 // of all
	keptFor  = 30 * time.Minute
)

// keep keeps a file in place of the login's last one and gives its id; empty where it is too large.
func (k *checkedFiles) keep(login int64, name string, body []byte, now time.Time) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.files = slices.DeleteFunc(k.files, func(f checkedFile) bool { return f.login == login || now.Sub(f.at) > keptFor })
	if len(body) > keptMost {
		return ""
	}
	sum := len(body)
	for _, f := range k.files {
		sum += len(f.body)
	}
	for sum > keptAll {
		sum -= len(k.files[0].body)
		k.files = slices.Delete(k.files, 0, 1)
	}
	f := checkedFile{document.NewID(), login, name, body, now}
	k.files = append(k.files, f)
	return f.id
}

// find gives a login's kept file.
func (k *checkedFiles) find(login int64, id string, now time.Time) (checkedFile, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := slices.IndexFunc(k.files, func(f checkedFile) bool { return f.id == id && f.login == login && now.Sub(f.at) <= keptFor })
	if i < 0 {
		return checkedFile{}, false
	}
	return k.files[i], true
}

// chosen gives the file that the form brings, or else the one that was kept when it was checked.
func (c *call) chosen() (name string, body []byte, err error) {
	upload, head, err := c.upload()
	if err == nil {
		defer upload.Close()
		var b bytes.Buffer
		if _, err = io.Copy(&b, upload); err != nil {
			return "", nil, err
		}
		return head.Filename, b.Bytes(), nil
	}
	id := c.form("kept")
	if id == "" || !fault.HasCode(err, "file-missing") {
		return "", nil, err
	}
	f, ok := c.server.checked.find(c.actor.Login, id, c.server.Clock())
	if !ok {
		return "", nil, fault.Newf(fault.Conflict, "file-not-kept", "请重新选择文件", "检查过的文件已经不在(保留 %d 分钟,程序重新启动后也不在)", int(keptFor.Minutes())).In("file")
	}
	return f.name, f.body, nil
}
