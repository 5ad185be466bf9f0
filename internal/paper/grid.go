package paper

// grid divides a sheet into equal cells: several vouchers to an A4, and whatever else is cut out of a sheet.
type grid struct {
	sheet      Size
	cell       Size
	cols, rows int
}

func gridOf(f Form) grid {
	switch f {
	case FormTwo:
		return grid{A4, Size{A4.W, A4.H / 2}, 1, 2}
	case FormThree:
		return grid{A4, Size{A4.W, A4.H / 3}, 1, 3}
	case FormRoll, FormOverlay:
		return grid{Roll, Roll, 1, 1}
	default:
		return grid{A5Wide, A5Wide, 1, 1}
	}
}

// place begins a new sheet before its first cell, with marks where it is cut.
func (g grid) place(c *canvas, at int) {
	if at%(g.cols*g.rows) != 0 {
		return
	}
	c.page(g.sheet)
	c.thick(thin)
	c.pdf.SetLineType("dotted")
	for row := 1; row < g.rows; row++ {
		y := g.cell.H * float64(row)
		c.line(4, y, g.sheet.W-4, y)
	}
	for col := 1; col < g.cols; col++ {
		x := g.cell.W * float64(col)
		c.line(x, 4, x, g.sheet.H-4)
	}
	c.pdf.SetLineType("")
}

// origin is the top left corner of a cell.
func (g grid) origin(at int) Size {
	n := at % (g.cols * g.rows)
	return Size{g.cell.W * float64(n%g.cols), g.cell.H * float64(n/g.cols)}
}
