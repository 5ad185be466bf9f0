package web

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// filesPane is what is attached to a voucher, on its form and on its page.
type filesPane struct {
	Document string
	Book     int64
	Token    string // against foreign forms
	Files    []attachmentRow
	Sheets   int64 // of paper, as filled in on the voucher
	Attach   bool  // the person may add files
	Remove   bool  // the person may take them away
	Made     bool  // the voucher is saved
	Back     string
	Open     string // until when a file may be added to a posted voucher
	Closed   string // why none may be added any more
	Reopen   string // the page of the month, where that can be undone
}

// Differs tells that there are files, and not as many as the voucher says.
func (p filesPane) Differs() bool { return len(p.Files) > 0 && int64(len(p.Files)) != p.Sheets }

// attachmentRow is a file of a document. Its names for the script are those of the list.
type attachmentRow struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Size   string `json:"size"`
	Person string `json:"-"`
	At     string `json:"at"`
	Path   string `json:"path"`
	SHA    string `json:"sha"`
	Shown  string `json:"shown"` // as picture or as pdf; empty: the browser cannot show it
}

// filesPane draws the files of a voucher; back names the page to come back to without script.
func (c *call) filesPane(tx *store.Tx, b ledger.Book, id string, made bool, sheets int64, names map[int64]string, back string) (filesPane, error) {
	p := filesPane{
		Document: id, Book: b.ID, Token: c.session.CSRF, Sheets: sheets, Made: made, Back: back,
		Attach: c.server.files != nil && attachment.MayAttach(c.actor, b.Path),
	}
	all, err := attachment.List(tx, c.actor.County, id)
	p.Files = c.fileRows(id, all, names)
	return p, err
}

// afterPosting says of a posted voucher until when a file may be added, or once its month is closed what is left to do:
// ledger.Attach goes by the same day.
func (p *filesPane) afterPosting(tx *store.Tx, b ledger.Book, month calendar.Period) error {
	if month <= b.ClosedThrough {
		p.Closed = month.Chinese() + "已结账,不能再加附件;请附在更正它的凭证上,确需补附,请申请"
		p.Reopen = bookPath(b) + "/close"
		return nil
	}
	deadlines, err := ledger.ReadDeadlines(tx, b.County)
	if err != nil {
		return err
	}
	p.Open = "凭证已记账;" + month.Chinese() + "结账前仍可由本单位会计或报账员补传附件"
	if last := deadlines.Close(b.Path, month); last != "" {
		p.Open += ",结账期限 " + last.Chinese()
	}
	return nil
}

// complete reads what is attached to the voucher of the form.
func (p *voucherForm) complete(c *call, tx *store.Tx) error {
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return err
	}
	sheets, _ := sheetsOfPaper(p.Attachments) // refused when the voucher is kept
	p.Pane, err = c.filesPane(tx, p.Book, p.Document, p.Version != 0, sheets, names, "edit")
	if err != nil {
		return err
	}
	p.Pane.Remove = p.Version == 0 // the first file makes the draft, and the person its maker
	if p.Version != 0 {
		v, err := c.voucher(tx, p.Document)
		if err != nil {
			return err
		}
		p.Pane.Remove = v.draft.Maker == c.actor.Person && (v.state == ledger.Draft || v.state == ledger.Returned)
	}
	return nil
}

func (c *call) fileRows(id string, all []attachment.Attachment, names map[int64]string) []attachmentRow {
	rows := []attachmentRow{}
	for _, a := range all {
		rows = append(rows, attachmentRow{
			Name: a.Name, Kind: attachment.Title(a.MediaType), Size: size(a.Bytes), Person: names[a.Person], At: clock(a.At),
			Path: voucherPath(id) + "/attachments/" + a.SHA256, SHA: a.SHA256, Shown: shownAs(a.MediaType),
		})
	}
	return rows
}

// shownAs tells how the browser shows a kind of file beside the voucher.
func shownAs(media string) string {
	switch media {
	case attachment.PDF:
		return "pdf"
	case attachment.JPEG, attachment.PNG:
		return "picture"
	}
	return ""
}

// withAttached puts what was attached to a document and removed from it among its steps, by time.
func withAttached(tx *store.Tx, county int64, id string, steps []trailRow, names map[int64]string) ([]trailRow, error) {
	rows, err := attachment.Steps(tx, county, id)
	for _, r := range rows {
		step := trailRow{Title: "上传附件", Person: names[r.Person], At: clock(r.At), Reason: r.Reason, Leaf: trail.Digest([]byte(r.Leaf))}
		if sha := trail.RowsOf(r.Leaf); r.Step == attachment.StepDetached {
			step.Title, step.Reason = "移去附件", r.Reason+"(文件摘要 "+sha[:min(12, len(sha))]+"…)"
		}
		steps = append(steps, step)
	}
	slices.SortStableFunc(steps, func(a, b trailRow) int { return strings.Compare(a.At, b.At) })
	return steps, err
}

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
