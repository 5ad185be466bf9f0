package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"
)

// searchRuns is how often each kind of search is asked.
const searchRuns = 200

// Search measures the search box over a county of a million vouchers with some ten thousand different summaries: one
// person asks one thing after another, from the request to the last byte of the page.
func Search(ctx context.Context, o Options) error {
	n := o.Size
	if n == 0 {
		n = pageSize
	}
	c, err := o.filled(ctx, "search", n, summaries())
	if err != nil {
		return err
	}
	defer c.db.Close()
	keys, err := os.MkdirTemp(o.Dir, "keys")
	if err != nil {
		return err
	}
	office, err := c.openOffice(ctx, keys)
	if err != nil {
		return err
	}
	defer office.close()
	forgetPeak()
	v := office.people[0]
	if _, err := v.get(ctx, "home", v.bookPath(), time.Now()); err != nil {
		return err
	}
	runs := min(searchRuns, n/100)
	for _, one := range []struct {
		name string
		of   func(i int) string
	}{
		{"number", func(i int) string { return fmt.Sprintf("记-%04d", 1+i*7%900) }},
		{"amount", func(i int) string { return fmt.Sprintf("%d.%02d", 100+i*331, i%100) }},
		{"words", func(i int) string { return persons[i%len(persons)] + things[i*3%len(things)] }},
		{"initials", func(i int) string { return []string{"clf", "bgyp", "zsclf", "fgbgyp", "jyclf", "hyf"}[i%6] }},
		{"two-words", func(i int) string { return persons[i%len(persons)] + " " + things[i*3%len(things)] }},
		{"words-amount", func(i int) string { return fmt.Sprintf("%s %d.%02d", things[i*3%len(things)], 100+i*331, i%100) }},
		{"accounts", func(i int) string { return []string{"银行存款", "1002", "yhck", "费用", "srkm"}[i%5] }},
		{"persons", func(i int) string { return fmt.Sprintf("测速%d", 1+i%9) }},
		{"unknown-words", func(i int) string { return fmt.Sprintf("没有的词%d", i) }},
		{"unknown-initials", func(i int) string { return "qqwwvv"[:4+i%3] }},
	} {
		v.took["search"] = nil
		for i := range runs {
			if err := v.search(ctx, one.of(i)); err != nil {
				return err
			}
		}
		p50, p99 := percentiles(v.took["search"])
		o.Print(Result{Bench: "search", Case: one.name, N: n, P50: p50, P99: p99, PeakRSS: peakRSS(), Engine: string(c.db.Engine()), Config: map[string]any{"asked": runs}})
	}
	return nil
}

// search asks and takes either the list or the one thing that was found.
func (v *visitor) search(ctx context.Context, words string) error {
	_, err := v.look(ctx, "search", "/search?q="+url.QueryEscape(words), time.Now(), http.StatusOK, http.StatusSeeOther)
	return err
}

// What summaries are made of.
var (
	verbs   = []string{"付", "报", "收", "转", "补付", "预付", "退", "核销"}
	persons = []string{"张三", "李四", "王五", "赵六", "钱七", "孙八", "周九", "吴十", "郑荣华", "冯国栋", "陈玉兰", "褚立新", "卫东", "蒋文", "沈丽", "韩梅",
		"供电公司", "自来水公司", "新华书店", "镇卫生院", "中心小学", "农机站", "水利站", "邮政局", "印刷厂", "修理厂", "加油站", "饭店", "建筑队", "村委会"}
	things = []string{"差旅费", "办公用品款", "会议费", "培训费", "电费", "水费", "邮寄费", "印刷费", "维修费", "燃油费", "接待费", "工程款", "租金", "劳务费",
		"慰问金", "补助款", "保险费", "书报费", "保证金", "材料款", "运费", "检测费", "咨询费", "设备款", "绿化费", "清运费", "值班费", "体检费", "伙食费", "工资"}
)

func summaries() []string {
	var out []string
	for _, v := range verbs {
		for _, p := range persons {
			for _, t := range things {
				out = append(out, v+p+t, v+p+"上月"+t)
			}
		}
	}
	return out
}
