package demo

import (
	"fmt"

	"xiangzhang/internal/notice"
	"xiangzhang/internal/store"
)

// notices gives one notice of the county to all townships and one of an office to its villages.
func (b *build) notices() error {
	t := &b.towns[0]
	for _, n := range []struct {
		login string
		notice.New
	}{
		{"xian.guoku", notice.New{
			Unit: b.units[fmt.Sprint(County)].ID, Title: "关于做好 10 月份月末结账和年终清理准备的通知", From: "2026-10-20", To: "2026-11-10",
			Body: "一、10 月份账务请于 11 月 10 日前结账,逾期未结的账套由乡镇财政管理股督办。\n二、年终前清理往来款项,核对指标余额。\n三、村账由财政所统一安排,不得跨月补记。",
		}},
		{t.pinyin + ".suozhang", notice.New{
			Unit: b.units[t.division()].ID, Title: "各村 10 月份单据请于 28 日前报送", From: "2026-10-22", To: "2026-10-31",
			Body: "各村报账员请于 10 月 28 日前将本月原始单据交财政所,发票须有经手人、证明人、审批人签字。",
		}},
	} {
		by, err := b.actor(n.login)
		if err != nil {
			return err
		}
		err = b.write(func(tx *store.Tx) error {
			n.Document = b.ids.next()
			at(tx, n.From, 9)
			_, err := notice.Issue(tx, by, n.New)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
