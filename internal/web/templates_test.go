package web

import (
	"reflect"
	"slices"
	"testing"

	"github.com/jba/templatecheck"
)

// pages is the page struct of every view.
var pages = map[string]page{
	"base/error": &errorPage{}, "start/county": &startPage{}, "help/keys": &keysPage{}, "book/opening": &openingPage{},
	"drafting/list": &draftsPage{}, "drafting/new": &draftForm{}, "drafting/show": &draftPage{}, "drafting/lines": &linesPage{}, "drafting/items": &itemsPage{}, "drafting/controls": &controlsPage{},
	"drafting/compare": &versionsPage{}, "drafting/tables": &tablesPage{}, "drafting/standards": &quotaPage{},
	"appropriation/list": &appropriationsPage{}, "appropriation/show": &appropriationPage{}, "appropriation/form": &orderForm{}, "appropriation/order": &orderPage{}, "appropriation/orders": &ordersPage{}, "appropriation/memorandum": &memorandumPage{},
	"agreement/list": &agreementPage{}, "agreement/form": &bankForm{}, "agreement/bench": &benchPage{}, "agreement/import": &importPage{}, "agreement/sheet": &sheetPage{}, "agreement/codes": &codesPage{}, "agreement/differences": &differencesPage{}, "agreement/formats": &formatsPage{}, "agreement/format": &formatForm{},
	"payment/list": &paymentsPage{}, "payment/form": &paymentForm{}, "payment/show": &paymentPage{}, "payment/plans": &plansPage{}, "payment/plan_form": &planForm{}, "payment/plan": &planPage{},
	"payment/orders": &payDeskPage{}, "payment/order": &payOrderPage{}, "payment/settings": &paySettingsPage{}, "payee/list": &payeesPage{}, "payee/form": &payeeForm{}, "payee/show": &payeePage{},
	"sign/in": &signInPage{}, "sign/password": &passwordPage{},
	"home/show": &homePage{}, "home/office": &officePage{}, "search/show": &searchPage{}, "search/person": &handledPage{}, "book/switch": &switchPage{},
	"picture/show": &picturePage{},
	"notice/list":  &noticesPage{}, "notice/show": &noticePage{}, "notice/form": &noticeForm{}, "book/list": &booksPage{}, "book/show": &bookPage{}, "book/accounts": &accountsPage{},
	"voucher/form": &voucherForm{}, "voucher/show": &voucherPage{}, "voucher/queue": &queuePage{}, "voucher/pick": &pickPage{},
	"usual/summaries": &libraryPage{}, "usual/templates": &templatesPage{}, "usual/template": &templatePage{}, "usual/ask": &askPage{},
	"ledger/statement": &statementPage{}, "ledger/list": &statementsPage{}, "ledger/account": &splitPage{},
	"ledger/paper": &paperPage{}, "ledger/pick": &tickPage{}, "ledger/forms": &formsPage{},
	"close/month": &closePage{}, "close/year": &yearPage{}, "close/office": &endPage{},
	"batch/list": &batchesPage{}, "batch/preview": &previewPage{}, "batch/show": &batchPage{}, "batch/spread": &spreadPage{},
	"unit/list": &unitsPage{}, "unit/show": &unitPage{}, "unit/change": &unitChangePage{}, "unit/record": &changePage{},
	"person/list": &peoplePage{}, "person/show": &personPage{}, "person/sign_ins": &signInsPage{},
	"person/rights": &rightsPage{}, "person/administrators": &administratorsPage{}, "person/me": &mePage{}, "person/delegations": &delegationsPage{}, "person/handovers": &handoversPage{}, "person/handover": &handoverPage{},
	"person/waivers": &waiversPage{}, "person/waiver_week": &waiverWeekPage{},
	"standard/list": &standardsPage{}, "standard/show": &standardPage{}, "standard/compare": &comparePage{}, "print/show": &printPage{}, "print/many": &manyPage{}, "print/preview": &manyPreview{}, "rule/list": &rulesPage{}, "rule/show": &rulePage{}, "rule/workdays": &workdaysPage{}, "roster/list": &rosterPage{}, "figure/list": &figuresPage{}, "figure/show": &figurePage{}, "figure/record": &figureRecordPage{}, "roster/form": &rosterForm{}, "obligation/list": &obligationsPage{}, "obligation/show": &obligationPage{}, "obligation/form": &eventForm{}, "exchange/show": &exchangePage{},
}

// TestTemplates_FitTheirPages: a field that a template names and its page lacks is found here, not by a reader.
func TestTemplates_FitTheirPages(t *testing.T) {
	static, err := loadStatic()
	if err != nil {
		t.Fatal(err)
	}
	v, err := loadViews(static)
	if err != nil {
		t.Fatal(err)
	}
	for name, set := range v.sets {
		p, listed := pages[name]
		if !listed {
			t.Errorf("view %s has no page struct in this test", name)
			continue
		}
		if err := templatecheck.CheckHTML(set, p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name := range pages {
		if v.sets[name] == nil {
			t.Errorf("page %s has no view", name)
		}
	}
}

// TestPages_ShadowNothing: a field that has the name of one of the frame's would be shown in its place.
func TestPages_ShadowNothing(t *testing.T) {
	frame := reflect.TypeFor[Base]()
	for name, p := range pages {
		kind := reflect.TypeOf(p).Elem()
		for i := range kind.NumField() {
			if f := kind.Field(i); !f.Anonymous {
				if _, taken := frame.FieldByName(f.Name); taken {
					t.Errorf("%s: the field %s hides the frame's", name, f.Name)
				}
			}
		}
	}
}

// TestRoutes_Declare: a route without a right cannot be registered.
func TestRoutes_Declare(t *testing.T) {
	var seen []string
	for _, rt := range routes(Config{Demo: true}) {
		if !rt.right.declared() || rt.title == "" {
			t.Errorf("%s declares no right or no title", rt.pattern)
		}
		if slices.Contains(seen, rt.pattern) {
			t.Errorf("%s is declared twice", rt.pattern)
		}
		seen = append(seen, rt.pattern)
	}
	defer func() {
		if recover() == nil {
			t.Error("a route without a right was registered")
		}
	}()
	(&server{}).register(nil, route{pattern: "GET /open", title: "敞开", do: signOut})
}

// TestHelp_OnEveryPage: each page says in a few sentences what it is for; none is explained that is not there.
func TestHelp_OnEveryPage(t *testing.T) {
	for name := range pages {
		if text := helps[name].Text; len([]rune(text)) < 10 {
			t.Errorf("view %s has no help", name)
		}
	}
	for name := range helps {
		if pages[name] == nil {
			t.Errorf("help for %s, which is no view", name)
		}
	}
}
