package web

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
)

// light says how far one kind of work of a month has come, in colour, mark and word.
type light struct {
	Class string // y done, h under way, n a hand is needed, empty not begun
	Mark  string
	Word  string // "录入:12 张已提交"
}

func newLight(class, kind, word string) light {
	marks := map[string]string{"y": "✓", "h": "–", "n": "!"}
	return light{class, marks[class], kind + ":" + word}
}

// monthLights gives entered, checked, posted and closed of a month.
func monthLights(b ledger.Book, p calendar.Period, g ledger.Progress) []light {
	if p < b.Start || p > b.Today.Period() {
		return nil
	}
	all := g.Draft + g.Returned + g.Submitted + g.Checked + g.Posted
	return []light{
		stage("录入", all, g.Returned, g.Draft, "退回待改", "草稿待提交"),
		stage("审核", g.Submitted+g.Checked+g.Posted, 0, g.Submitted, "", "待审核"),
		stage("记账", g.Checked+g.Posted, 0, g.Checked, "", "待记账"),
		closedLight(b, p),
	}
}

func stage(kind string, all, bad, open int64, badWord, openWord string) light {
	switch {
	case all == 0:
		return newLight("", kind, "未开始")
	case bad > 0:
		return newLight("n", kind, fmt.Sprintf("%d 张%s", bad, badWord))
	case open > 0:
		return newLight("h", kind, fmt.Sprintf("%d 张%s", open, openWord))
	default:
		return newLight("y", kind, fmt.Sprintf("%d 张已完成", all))
	}
}

func closedLight(b ledger.Book, p calendar.Period) light {
	switch {
	case p <= b.ClosedThrough:
		return newLight("y", "结账", "已结账")
	case p < b.Today.Period():
		return newLight("n", "结账", "已过月末,未结账")
	default:
		return newLight("", "结账", "未到月末")
	}
}
