package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// writeCSV writes Chinese heads and plain values; a text that a spreadsheet would run as a formula gets an apostrophe.
func writeCSV(w io.Writer, format string, s Sheet) error {
	buffered := bufio.NewWriterSize(w, 64<<10)
	var target io.Writer = buffered
	var encoder *transform.Writer
	if format == CSVGBK {
		encoder = transform.NewWriter(buffered, simplifiedchinese.GB18030.NewEncoder())
		target = encoder
	} else if _, err := buffered.Write(utf8BOM); err != nil {
		return fmt.Errorf("sheet.Write csv: %w", err)
	}
	out := csv.NewWriter(target)
	out.UseCRLF = true
	record := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		record[i] = defused(c.Group + c.Title)
	}
	err := out.Write(record)
	for _, row := range s.Rows {
		if err != nil {
			break
		}
		record = record[:0]
		for _, v := range row {
			plain := v.Plain()
			if v.kind == kindText {
				plain = defused(plain)
			}
			record = append(record, plain)
		}
		err = out.Write(record)
	}
	if err == nil {
		out.Flush()
		err = out.Error()
	}
	if err == nil && encoder != nil {
		err = encoder.Close()
	}
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return fmt.Errorf("sheet.Write %s: %w", format, err)
	}
	return nil
}
