package web

import (
	"bytes"
	"fmt"

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
