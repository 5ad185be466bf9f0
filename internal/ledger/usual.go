package ledger

import "xiangzhang/internal/store"

// usualAccounts are the details that every government book needs: the regulation sets up a detail of cash and of bank
// deposits for entrusted money, so a unit's own money needs one beside it. Names and suffixes are ours; a county adds
// its further accounts itself.
var usualAccounts = []NewAccount{
	{Chart: Government, Code: "100102", Name: "本单位现金", Parent: "1001", FromYear: 2019},
	{Chart: Government, Code: "100203", Name: "基本存款账户", Parent: "1002", FromYear: 2019},
}

// AddUsualAccounts gives a new county the details without which cash and bank could not be posted.
func AddUsualAccounts(tx *store.Tx, county int64) error {
	for _, a := range usualAccounts {
		if err := AddAccount(tx, county, a); err != nil {
			return err
		}
	}
	return nil
}
