package statement

const generalBudget = "general-budget"

func (r *Report) budgetObject(o object) object { return o }
