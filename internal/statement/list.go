package statement

// declarations is the list of all statements.
func declarations() []Declaration {
	return []Declaration{
		{Name: trialBalance, Title: "科目余额表", Charts: allCharts, Options: []Option{OptionLevels, OptionFilter}, make: makeTrialBalance},
	}
}
