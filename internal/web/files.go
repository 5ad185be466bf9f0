package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// fileRoutes are about what is attached to vouchers.
func fileRoutes() []route {
	return []route{
		{pattern: "POST /vouchers/{document}/attachments", title: "上传附件", right: only(attachment.Attachers...), do: attach, large: true},
		{pattern: "GET /vouchers/{document}/attachments/{sha}", title: "附件", right: only(ledger.Readers...), show: showAttachment},
	}
}

// attachmentMost bounds one attached file; invoices and scans stay far below it.
const attachmentMost = 20 << 20

// attachmentRow is a file of a document.
type attachmentRow struct {
	Name   string
	Kind   string
	Size   string
	Person string
	At     string
	Path   string
}

func (c *call) attachments(tx *store.Tx, id string, names map[int64]string) ([]attachmentRow, error) {
	all, err := attachment.List(tx, c.actor.County, id)
	if err != nil {
		return nil, err
	}
	var out []attachmentRow
	for _, a := range all {
		out = append(out, attachmentRow{
			Name: a.Name, Kind: attachment.Title(a.MediaType), Size: size(a.Bytes), Person: names[a.Person], At: clock(a.At),
			Path: voucherPath(id) + "/attachments/" + a.SHA256,
		})
	}
	return out, nil
}

// attach keeps a file and adds it to a voucher.
func attach(c *call) (answer, error) {
	id := c.r.PathValue("document")
	var v voucher
	err := c.read(func(tx *store.Tx) error {
		var err error
		if v, err = c.voucher(tx, id); err != nil {
			return err
		}
		return c.actor.Require(v.book.Path, "上传附件", attachment.Attachers...)
	})
	if err != nil {
		return answer{}, err
	}
	err = c.putFile(id)
	if err != nil {
		return c.refused(id, err)
	}
	return goTo(voucherPath(id))
}

func (c *call) putFile(id string) error {
	files := c.server.files
	if files == nil {
		return fault.New(fault.Refused, "files-missing", "没有设定附件目录,不能上传附件", "请系统管理员设定后再上传")
	}
	upload, head, err := c.upload()
	if err != nil {
		return err
	}
	defer upload.Close()
	f, err := files.Put(context.WithoutCancel(c.r.Context()), upload, attachmentMost)
	if err != nil {
		return err
	}
	return c.write(func(tx *store.Tx) error {
		_, err := attachment.Attach(tx, c.actor, id, f, head.Filename)
		return err
	})
}

// upload gives the file of a form.
func (c *call) upload() (multipart.File, *multipart.FileHeader, error) {
	f, head, err := c.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil, fault.New(fault.Invalid, "file-missing", "没有选择文件", "请选择文件后再提交").In("file")
	}
	return f, head, err
}

// showAttachment gives a file's content, unchanged since it was added.
func showAttachment(c *call, tx *store.Tx) (answer, error) {
	id := c.r.PathValue("document")
	if _, err := c.voucher(tx, id); err != nil {
		return answer{}, err
	}
	a, err := attachment.Get(tx, c.actor, id, c.r.PathValue("sha"))
	if err != nil {
		return answer{}, err
	}
	if c.server.files == nil {
		return answer{}, notThere()
	}
	f, err := c.server.files.Open(a.SHA256)
	if err != nil {
		return answer{}, err
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		return answer{}, err
	}
	seen := a.MediaType == attachment.PDF || a.MediaType == attachment.JPEG || a.MediaType == attachment.PNG
	return answer{file: &file{name: a.Name, media: a.MediaType, body: body, inline: seen}}, nil
}

func (c *call) mayAttach(path string) bool { return c.actor.Has(path, attachment.Attachers...) }

// size writes bytes as people read them.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d 字节", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", (n+1<<9)>>10)
	default:
		return fmt.Sprintf("%d.%d MB", n>>20, n%(1<<20)*10>>20)
	}
}
