package sheet

import (
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Template writes the XLSX file to fill in: one row of heads, the required ones in red, with the notes as comments that
// do not stand in the way of reading the file back.
func Template(out io.Writer, layout Layout) error {
	file := excelize.NewFile()
	defer file.Close()
	if err := writeTemplate(file, layout); err != nil {
		return fmt.Errorf("sheet.Template %s: %w", layout.Name, err)
	}
	if err := file.Write(out); err != nil {
		return fmt.Errorf("sheet.Template %s: %w", layout.Name, err)
	}
	return nil
}

func writeTemplate(file *excelize.File, layout Layout) error {
	for i, c := range layout.Columns {
		if err := writeTemplateColumn(file, i, c); err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	widths := Sheet{Columns: layout.Columns}.widths()
	if err := setUpPrint(file, 1, sum(widths) >= landscapeWidth); err != nil {
		return err
	}
	if err := file.SetDocProps(&excelize.DocProperties{Title: layout.Title}); err != nil {
		return err
	}
	return file.SetPanes(sheetName, frozen(1))
}

func writeTemplateColumn(file *excelize.File, column int, c Column) error {
	letter, head := columnName(column), cellName(column, 1)
	format := "General"
	if c.AsText {
		format = "@"
	}
	cells, err := file.NewStyle(&excelize.Style{CustomNumFmt: &format, Font: &excelize.Font{Family: fontName, Size: 10}})
	if err != nil {
		return err
	}
	if err := file.SetColStyle(sheetName, letter, cells); err != nil {
		return err
	}
	colour := "000000"
	if c.Required {
		colour = "C00000"
	}
	heads, err := file.NewStyle(&excelize.Style{
		Font:      &excelize.Font{Family: fontName, Size: 10, Bold: true, Color: colour},
		Border:    []excelize.Border{{Type: "bottom", Color: "000000", Style: 1}},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"},
	})
	if err != nil {
		return err
	}
	if err := file.SetCellStr(sheetName, head, c.Title); err != nil {
		return err
	}
	if err := file.SetCellStyle(sheetName, head, head, heads); err != nil {
		return err
	}
	width := min(max(textWidth(c.Title), textWidth(c.Example), 8)+4, 40)
	if err := file.SetColWidth(sheetName, letter, letter, float64(width)); err != nil {
		return err
	}
	if err := offerChoices(file, letter, c.Choices); err != nil {
		return err
	}
	return file.AddComment(sheetName, excelize.Comment{Cell: head, Author: "乡账", Text: c.comment(), Width: 260, Height: 120})
}

// choicesRunes is what a list kept inside a validation rule may hold.
const choicesRunes = 255

// offerChoices lets the person pick from a list; one that is too long for the rule stands in the comment alone.
func offerChoices(file *excelize.File, letter string, choices []string) error {
	list := strings.Join(choices, ",")
	if list == "" || len([]rune(list)) > choicesRunes || strings.Count(list, ",") != len(choices)-1 {
		return nil
	}
	rule := excelize.NewDataValidation(true)
	rule.SetSqref(fmt.Sprintf("%s2:%s%d", letter, letter, 1<<20))
	if err := rule.SetDropList(choices); err != nil {
		return err
	}
	rule.SetError(excelize.DataValidationErrorStyleStop, "不在可选之列", "请从下拉列表中选择")
	return file.AddDataValidation(sheetName, rule)
}

// comment tells what to fill in.
func (c Column) comment() string {
	lines := []string{"选填"}
	if c.Required {
		lines[0] = "必需的列"
	}
	if c.Note != "" {
		lines = append(lines, c.Note)
	}
	if c.Example != "" {
		lines = append(lines, "例:"+c.Example)
	}
	if len(c.Choices) > 0 {
		lines = append(lines, "可填:"+strings.Join(c.Choices, "、"))
	}
	return strings.Join(append(lines, "也可用英文表头 "+c.Name), "\n")
}
