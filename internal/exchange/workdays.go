package exchange

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
	"xiangzhang/internal/workday"
)

const wholeYear = "是"

var workdayLayout = sheet.Layout{Name: string(Workdays), Title: "放假安排导入表", Columns: []sheet.Column{
	{Name: "day", Title: "日期", Required: true, Note: "只填与周一至周五上班不同的日子,一天一行", Example: "2027-01-01"},
	{Name: "is", Title: "安排", Required: true, Choices: workday.Words()},
	{Name: "name", Title: "名称", Required: true, Note: "节日,或调休", Example: "元旦"},
	{Name: "document_no", Title: "文号", Required: true, Note: "放假通知的文号", Example: "国办发明电〔2026〕1号"},
	{Name: "whole", Title: "全年安排", Note: "该文号安排了全年的填是;同一文号、同一年度的各行都要填", Choices: []string{wholeYear, "否"}},
}}

// arranged is what a file says of one notice and year, with the rows that say so.
type arranged struct {
	workday.Notice
	rows []sheet.Row
}

// readWorkdays takes the days of notices: each number and year makes a document of its own.
func readWorkdays(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	all := im.arrangements()
	if len(im.result.Errors) > 0 {
		return nil, nil
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, root.Path); err != nil {
			return err
		}
		var p sheet.Problems
		for i, a := range all {
			a.Notice.Document = im.documentID(i + 1)
			err := workday.Set(tx, im.by, a.Notice)
			if f := fault.As(err); err != nil && f == nil {
				return err
			} else if f != nil {
				p.Add(a.rows[0].Number, im.head(f.Field), err)
			}
		}
		return p.Err()
	}, nil
}

func (im *imported) arrangements() []*arranged {
	var all []*arranged
	for _, row := range im.table.Rows {
		date, err := calendar.ParseDate(row.Get("day"))
		if err != nil {
			im.refuse(row, err, "day")
			continue
		}
		rest, _ := workday.ParseWord(row.Get("is")) // one of the choices
		year := 0
		if row.Get("whole") == wholeYear {
			year = date.Year()
		}
		a := findArranged(all, row.Get("document_no"), year)
		if a == nil {
			a = &arranged{Notice: workday.Notice{DocumentNo: row.Get("document_no"), Year: year}}
			all = append(all, a)
		}
		a.Days = append(a.Days, workday.Day{Date: date, Rest: rest, Name: row.Get("name")})
		a.rows = append(a.rows, row)
	}
	return all
}

func findArranged(all []*arranged, no string, year int) *arranged {
	for _, a := range all {
		if a.DocumentNo == no && a.Year == year {
			return a
		}
	}
	return nil
}

// exportWorkdays gives the county's arrangements that are in force.
func exportWorkdays(tx *store.Tx, by identity.Actor, _ []ledger.Book, emit emit) error {
	all, err := workday.List(tx, by.County)
	if err != nil {
		return err
	}
	for _, n := range all {
		if n.State != workday.InForce {
			continue
		}
		whole := ""
		if n.Year != 0 {
			whole = wholeYear
		}
		for _, d := range n.Days {
			err := emit(sheet.Text(string(d.Date)), sheet.Text(d.Word()), sheet.Text(d.Name), sheet.Text(n.DocumentNo), sheet.Text(whole))
			if err != nil {
				return err
			}
		}
	}
	return nil
}
