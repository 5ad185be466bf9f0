package web

import "xiangzhang/internal/store"

// help is what a page says of itself when asked: a few sentences, and the rule they rest on.
type help struct {
	Text   string
	Source string // empty where no rule says so
}

// Sources that several pages rest on.
const (
	accountingLaw = "会计法"
	duties        = "会计法第二十五条、第三十五条(不相容岗位)"
	software      = "会计信息化工作规范"
	systems       = "政府会计制度(财会〔2017〕25号)、农村集体经济组织会计制度(财会〔2023〕14号)"
	budgetLaw     = "预算法、预算法实施条例"
)

// helps is the help of every view that has a frame around it.
var helps = map[string]help{
	"help/keys":             {"录入、审核都可以不用鼠标。没有列出的键由浏览器决定。", ""},
	"base/error":            {"这里说明为什么办不了,以及怎样办。没有保存的内容仍在上一页,返回即可继续。", ""},
	"batch/list":            {"一次办理多张凭证或多套账的记录。没有办完的,打开后按「继续办理」。", duties},
	"batch/preview":         {"先看每一项会怎样,再确认。办不了的排在前面,写明原因;确认后只办能办的,不影响其他各项。", duties},
	"batch/show":            {"每一项的结果。被拒绝的写明原因,点链接去改,改好后再办。每一项各有一条存证,谁办的算谁的。", duties},
	"batch/spread":          {"把同一张凭证录入几套账。各账套的科目不同的,逐行选定;生成的是草稿,照常提交、审核。", systems},
	"book/accounts":         {"一级科目由财政部统一规定,不能改;可以在其下增设明细科目。已有发生额的科目不能再分明细,当年用过的科目不能停用。", systems},
	"book/list":             {"每套账两个月的进度:录、审、记、结、对。点账套名看凭证,点灯看当月。", ""},
	"book/opening":          {"启用账套时的年初余额,按上年决算录到末级科目。财务会计、预算会计各自借贷相等。记账以前可以重新导入,记账以后用凭证更正。", systems},
	"book/show":             {"本月凭证,按凭证号排列。号码按账套、月份、凭证字连续;作废的保留号码。已记账的不能改,用红字冲销更正。", software},
	"book/switch":           {"按编码、名称或拼音首字母切换账套,F2 打开。系统记住您最后用的账套和月份。", ""},
	"close/month":           {"逐项检查通过后结账,结账后本月不能再记账。确需改动的申请反结账,由两人批准,留有记录。注明「未启用」的检查不影响结账。", software},
	"close/office":          {"所内各账套的检查一览。勾选账套一次结账;有问题的格点开就是要改的地方。", software},
	"close/year":            {"十二个月结账后,先生成并审核年终结转凭证,再结转下年。结转以前逐行列出分录和下年年初数。", systems},
	"exchange/show":         {"按模板填写后导入,整份文件要么全部导入,要么一行也不导入;有错的逐行指出。导出的表可以在电子表格中打开,审计数据按审计接口的表名列名。", ""},
	"home/office":           {"本单位各账套、各人手上的事。点格子看明细。", ""},
	"home/show":             {"按期限排列要办的事,办完自动消失。期限由县里设定的参数决定,见「参数」。", ""},
	"ledger/account":        {"一个科目按账套分列的余额和发生额。点金额看明细账。", ""},
	"ledger/list":           {"可以出的报表。报表由余额直接算出,不能手工改;对不上的照实列出差额。", software},
	"ledger/paper":          {"打印以前的样子:标题、单位、期间、签章和页码与打印的一样。", software},
	"ledger/forms":          {"每张报表各行由哪些科目、按什么公式算出,来自哪份制度,是否已与官方样表核对。", systems},
	"ledger/pick":           {"勾选要合并的账套,合并出一张报表。科目体系不同的分别出表。", systems},
	"ledger/statement":      {"每个金额都可以点开,看到账、凭证和附件。可选期间、级次、比较列;导出的电子表格与打印的一样。", software},
	"notice/form":           {"通知发给本单位及下级的人员,在起止日期内显示在待办页。", ""},
	"notice/list":           {"县和上级发的通知,未读的在前。", ""},
	"notice/show":           {"打开即记为已读;发布人可以看到谁已读。", ""},
	"obligation/list":       {"每项时限由一份单据或登记的事项产生,期限按参数和工作日历算出。待办、逾期、已办结和写明原因免除的都在这里。", budgetLaw},
	"obligation/show":       {"办结填实际日期和凭据;逾期由日期算出。县里可以写明原因免除,登记有误的也这样更正后重新登记。", budgetLaw},
	"obligation/form":       {"人代会批准、财政批复等事项发生后在这里登记,随之产生的批复、备案、公开等时限一并形成。", budgetLaw},
	"person/administrators": {"系统、安全、审计三类管理员互相排斥,也不办理业务:一人登记人员,一人授权,一人查看记录。", "信息安全等级保护的三员分立要求"},
	"person/delegations":    {"在一段时间内由别人代办。代办人同样受委托人的回避限制:委托人经手的,代办人也不能审。到期自动失效,每一步都注明「代」。", duties},
	"person/handover":       {"交接书列出未了事项,移交人、接收人、监交人三方签署后生效,移交人的登录随即停用。", "会计法第三十九条(会计工作交接)"},
	"person/handovers":      {"会计人员调动或离职须办清交接。", "会计法第三十九条(会计工作交接)"},
	"person/list":           {"系统管理员登记人员和登录名,安全管理员授权。身份证号加密保存,只显示头尾;查看全号须写原因并留记录。", "个人信息保护法"},
	"person/me":             {"您的角色、管的单位和最近的登录。有不是您本人的登录,请立即修改密码并告诉审计管理员。", ""},
	"person/rights":         {"由系统的权限表算出:能看哪些单位和账套、能办哪些事、因回避不能办哪些事。授权以前先看会多出什么。", duties},
	"person/show":           {"一个人的登录名、角色和范围。相互排斥的角色不能同授一人,按身份证号核对。", duties},
	"person/sign_ins":       {"每一次登录尝试,成功和失败的都在。只有审计管理员能看全县的。", ""},
	"picture/show":          {"图下面就是它的表,图上每一块都可以点开。", ""},
	"print/show":            {"选范围、纸张和字号,生成可打印的文件;系统记住您的选择。套打时先用一张空白凭证试对位置,再调偏移。", "会计基础工作规范"},
	"print/many":            {"勾选账套,选凭证、账簿或报表,排成一份连续的文件一次打印。先看预览:每套账几张、几页,哪套没有、为什么。", "会计基础工作规范"},
	"print/preview":         {"还没有打印。没有内容或不能打印的账套排在表中,写明原因;打印出来的最后是同样的清单。", "会计基础工作规范"},
	"rule/list":             {"期限、限额、次数等都是有文号、有起止日期的参数。改参数是新设一个自某日起的值,旧值保留。", ""},
	"rule/workdays":         {"哪天放假、哪天调休上班。期限按工作日或逢休假日顺延的,都按这里算。国务院办公厅的年度通知随程序内置,新的通知由县里导入;没有公布的年度按周一至周五推算,并注明。", "全国年节及纪念日放假办法"},
	"rule/show":             {"这个参数的历次取值、依据文号和设定人。", ""},
	"search/show":           {"可以输入凭证号、金额、摘要、账套、单位、人员、科目,或名称的拼音首字母。只找您有权查看的。", ""},
	"sign/in":               {"连续输错密码会锁定一段时间。忘记密码的,请系统管理员重置。", ""},
	"sign/password":         {"密码改后,其他地方的登录随即失效。", ""},
	"standard/compare":      {"新旧两版逐项对照:新增、取消、改名、移位、改方向或辅助核算。账套按年度使用各自的版本。", systems},
	"standard/list":         {"随程序提供的官方科目和分类。凭记忆录入、尚未与原文核对的逐行标明。", systems},
	"standard/show":         {"一版科目或分类的全部内容和来源。", systems},
	"start/county":          {"从内置的行政区划表中找到本县。三名管理员的密码只显示一次,请分别交给三个人。", "区划:国家统计局区划代码(2023 年)"},
	"unit/change":           {"合并、分设、更名都有生效日期、文号和原因。已记的账不变,以前期间的报表仍用当时的名称。", ""},
	"unit/list":             {"县、部门、乡镇、村的树。权限随单位向下生效。", ""},
	"unit/record":           {"一次单位变更的内容、依据和办理人。", ""},
	"unit/show":             {"单位的编码、类型、起止日期、账套和变更历史。", ""},
	"usual/ask":             {"先填模板要用的数,系统按公式算出各行金额,四舍五入到分。", ""},
	"usual/summaries":       {"摘要库:给常用的摘要定一个短码,录入时打短码或拼音首字母即可。最近用过的在前。", ""},
	"usual/template":        {"常用凭证的各行,金额可以是固定数、空着,或公式,如 =工资*8%。", ""},
	"usual/templates":       {"把反复录入的凭证存为常用凭证,录入时按 F8 取用。", ""},
	"voucher/form":          {"科目打编码、名称或拼音首字母。财务会计和预算会计各自借贷相等;涉及预算资金收支的,预算会计分录自动生成,改动须写原因。制单人不能审核自己的凭证。", systems + ";" + duties},
	"voucher/pick":          {"选一张凭证复制到新凭证,日期和号码用新的。科目在本账套不能用的逐行指出。", ""},
	"voucher/queue":         {"等您办理的凭证。方向键移动,回车打开,空格勾选;退回须写原因。本人制单的由他人审核,不在此列。", duties},
	"voucher/show":          {"凭证照纸上的样子。下面是办理记录,每一步都有存证。已记账的不能改,用红字冲销更正。", software},
}

// helpRoutes is the card of keys.
func helpRoutes() []route {
	return []route{{pattern: "GET /keys", title: "快捷键", right: signedIn, show: showKeys}}
}

// keysPage is the card of keys, to be printed and laid beside the keyboard.
type keysPage struct {
	Base
	Groups []keyGroup
}

type keyGroup struct {
	Title string
	Keys  []keyLine
}

// keyLine is one key with what it does.
type keyLine struct{ Key, Does string }

var keyGroups = []keyGroup{
	{"各页", []keyLine{{"/", "查找"}, {"F2", "切换账套"}, {"F3", "切换月份"}, {"Tab", "下一处"}, {"Esc", "关闭小窗"}}},
	{"录入凭证", []keyLine{
		{"Enter", "下一格"}, {"空格", "金额格内:借贷互换"}, {"=", "金额格内:找平差额"}, {"..", "摘要同上一行"}, {"//", "摘要同第一行"}, {"F7", "查科目、查摘要"},
		{"F4", "打开或收起附件"}, {"F6", "复制上张"}, {"F8", "常用凭证"}, {"F9", "红字冲销"}, {"F12", "提交并新增"}, {"Ctrl+S", "保存草稿"},
	}},
	{"审核、记账", []keyLine{{"↑ ↓", "移动"}, {"Enter", "打开"}, {"空格", "勾选"}, {"A", "审核,到下一张"}, {"R", "退回(须写原因)"}}},
}

func showKeys(_ *call, _ *store.Tx) (answer, error) {
	return show("help/keys", &keysPage{Groups: keyGroups})
}
