package web

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// fileRoutes are about what is attached to vouchers.
func fileRoutes() []route {
	return []route{
		{pattern: "POST /vouchers/{document}/attachments", title: "上传附件", right: only(attachment.Attachers...), do: attach, large: true},
		{pattern: "POST /books/{book}/vouchers/attach", title: "上传附件", right: only(voucherMakers...), do: attachNew, large: true},
		{pattern: "POST /vouchers/{document}/attachments/{sha}/remove", title: "移去附件", right: only(voucherMakers...), do: detach},
		{pattern: "GET /vouchers/{document}/attachments/{sha}", title: "附件", right: only(ledger.Readers...), show: showAttachment},
	}
}

// attachmentMost bounds one attached file; invoices and scans stay far below it.
const attachmentMost = 20 << 20

// attach keeps the files of a form and adds them to a voucher.
func attach(c *call) (answer, error) {
	id := c.r.PathValue("document")
	err := c.read(func(tx *store.Tx) error {
		_, err := c.voucher(tx, id)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	var added []attachment.Attachment
	files, release, err := c.putFiles()
	defer release()
	if err == nil {
		err = c.write(func(tx *store.Tx) (err error) { added, err = c.addFiles(tx, id, files); return err })
	}
	switch {
	case c.wantsData() && err != nil:
		return tell(err)
	case c.wantsData():
		return answer{data: filesAdded{Files: c.fileRows(id, added, nil)}}, nil
	case err != nil:
		return c.refused(id, err)
	case c.form("back") == "edit":
		return goTo(voucherPath(id) + "/edit#attachments")
	}
	return goTo(voucherPath(id))
}

// attachNew keeps files with a voucher that is not saved yet: it becomes a draft as far as it is written, so that the
// photo may come before the first line.
func attachNew(c *call) (answer, error) {
	t := &typing{}
	err := c.read(func(tx *store.Tx) error {
		b, err := c.makersBook(tx, "录入凭证")
		if err != nil {
			return err
		}
		return t.load(tx, b, c.form("date"))
	})
	if err != nil {
		return answer{}, err
	}
	t.read(c)
	if _, err := document.ParseID(t.draft.Document); err != nil {
		return answer{}, err
	}
	files, release, err := c.putFiles()
	defer release()
	if err != nil {
		return tell(err)
	}
	if t.draft.Attachments == 0 {
		t.draft.Attachments = int64(len(files))
	}
	said := filesAdded{}
	var added []attachment.Attachment
	err = c.write(func(tx *store.Tx) error {
		doc, err := ledger.SaveDraft(tx, c.actor, t.draft, 0)
		if err != nil {
			return err
		}
		said.Version = doc.Version
		added, err = c.addFiles(tx, doc.ID, files)
		return err
	})
	if document.IsTaken(err) { // saved before, perhaps by the first sending of this: the file belongs to it all the same
		said.Version = 0
		err = c.write(func(tx *store.Tx) (err error) {
			if _, err = c.voucher(tx, t.draft.Document); err == nil {
				added, err = c.addFiles(tx, t.draft.Document, files)
			}
			return err
		})
	}
	if err != nil {
		return tell(err)
	}
	said.Files = c.fileRows(t.draft.Document, added, nil)
	return answer{data: said}, nil
}

// filesAdded is what the script of the files is told.
type filesAdded struct {
	Version int64           `json:"version,omitempty"` // of the draft that was made for them
	Files   []attachmentRow `json:"files"`
}

// keptFile is a file of a form that lies in the folder.
type keptFile struct {
	attachment.File
	name string
}

// putFiles keeps the files of a form in the folder; a row may name them then, until they are released.
func (c *call) putFiles() (kept []keptFile, release func(), err error) {
	files := c.server.files
	if files == nil {
		return nil, func() {}, fault.New(fault.Refused, "files-missing", "没有设定附件目录,不能上传附件", "请系统管理员设定后再上传")
	}
	if c.r.MultipartForm == nil || len(c.r.MultipartForm.File["file"]) == 0 {
		return nil, func() {}, noFile()
	}
	release = files.Hold()
	for _, head := range c.r.MultipartForm.File["file"] {
		upload, err := head.Open()
		if err != nil {
			return nil, release, err
		}
		f, err := files.Put(context.WithoutCancel(c.r.Context()), upload, attachmentMost)
		upload.Close()
		if err != nil {
			return nil, release, nameFile(err, head.Filename)
		}
		kept = append(kept, keptFile{f, head.Filename})
	}
	return kept, release, nil
}

// detach takes a file away from a voucher that is still being written, and its bytes where nothing else names them.
func detach(c *call) (answer, error) {
	id, sha := c.r.PathValue("document"), c.r.PathValue("sha")
	err := c.write(func(tx *store.Tx) error { return ledger.Detach(tx, c.actor, id, sha) })
	if err == nil && c.server.files != nil {
		err = c.server.files.Erase(sha, func() (named bool, err error) {
			err = c.read(func(tx *store.Tx) (err error) { named, err = attachment.Named(tx, sha); return err })
			return named, err
		})
	}
	switch {
	case err != nil && c.wantsData():
		return tell(err)
	case err != nil:
		return c.refused(id, err)
	case c.wantsData():
		return answer{data: filesAdded{Files: []attachmentRow{}}}, nil
	}
	return goTo(voucherPath(id) + "/edit#attachments")
}

// nameFile says which of several files is refused.
func nameFile(err error, name string) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid {
		return err
	}
	named := *f
	named.Message = "「" + name + "」:" + f.Message
	return &named
}

func (c *call) addFiles(tx *store.Tx, id string, files []keptFile) ([]attachment.Attachment, error) {
	var added []attachment.Attachment
	for _, f := range files {
		a, err := ledger.Attach(tx, c.actor, id, f.File, f.name)
		if err != nil {
			return nil, err
		}
		added = append(added, a)
	}
	return added, nil
}

func noFile() error {
	return fault.New(fault.Invalid, "file-missing", "没有选择文件", "请选择文件后再提交").In("file")
}

// upload gives the file of a form.
func (c *call) upload() (multipart.File, *multipart.FileHeader, error) {
	f, head, err := c.r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil, noFile()
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
	return answer{file: &file{name: a.Name, media: a.MediaType, body: body, inline: shownAs(a.MediaType) != ""}}, nil
}
