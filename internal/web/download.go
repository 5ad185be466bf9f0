package web

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

var fileTypes = map[string]string{
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8",
}

// download gives a statement as a file.
func (c *call) download(tx *store.Tx, r *statement.Report, format string) (answer, error) {
	if format == "pdf" {
		return c.printReport(tx, r)
	}
	media, ok := fileTypes[format]
	if !ok {
		return answer{}, notThere()
	}
	var b bytes.Buffer
	if err := r.Write(&b, format); err != nil {
		return answer{}, err
	}
	name := fmt.Sprintf("%s %s %s至%s.%s", r.Entity, r.Title, r.From, r.To, format)
	return answer{file: &file{name: name, media: media, body: b.Bytes()}}, nil
}

// written gives what write makes as a file to keep. It is laid down on the disk until it has been sent: the vouchers of a
// county are more than a server holds in memory.
func (c *call) written(name, media string, write func(w io.Writer) error) (answer, error) {
	laid, err := os.CreateTemp("", "xiangzhang-*")
	if err != nil {
		return answer{}, err
	}
	f := &file{name: strings.ReplaceAll(name, "/", "-"), media: media, laid: laid}
	buffered := bufio.NewWriterSize(laid, 1<<16)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		f.discard()
		return answer{}, attachment.DiskFull(err)
	}
	return answer{file: f}, nil
}

// discard takes a file that was laid down off the disk.
func (f *file) discard() {
	f.laid.Close()
	os.Remove(f.laid.Name())
}

// sendLaid sends a file from the disk, text compressed on its way.
func (c *call) sendLaid(f *file) {
	defer f.discard()
	size, err := f.laid.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = f.laid.Seek(0, io.SeekStart)
	}
	if err != nil {
		c.fail(err)
		return
	}
	h := c.w.Header()
	h.Set("Content-Type", f.media)
	h.Set("Cache-Control", "no-store")
	if strings.HasPrefix(f.media, "text/") && acceptsGzip(c.r) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Vary", "Accept-Encoding")
		z := gzip.NewWriter(c.w)
		defer z.Close()
		io.Copy(z, f.laid)
		return
	}
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	io.Copy(c.w, f.laid)
}
