package bench

import "xiangzhang/internal/calendar"

// monthOf spreads the vouchers of a fill over the 24 months, book after book.
func monthOf(done int) calendar.Period {
	step := done / bulkStep / books % months
	return calendar.PeriodOf(2025+step/12, 1+step%12)
}
