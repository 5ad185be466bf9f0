package standard

// Row names one row of a table that nobody has compared with the official print.
type Row struct {
	Table  string // edition, "economic-mapping-2025" or "posting-templates"
	Code   string
	Name   string
	Source string
}

// Tables beside the editions that hold rows to confirm.
const (
	MappingTable  = "economic-mapping-2025"
	TemplateTable = "posting-templates"
)

// Unconfirmed lists the rows written from memory in an edition, in MappingTable or in TemplateTable.
func Unconfirmed(tableID string) ([]Row, error) {
	switch tableID {
	case MappingTable:
		return unconfirmedMapping()
	case TemplateTable:
		return unconfirmedTemplates()
	}
	edition, err := EditionByID(tableID)
	if err != nil {
		return nil, err
	}
	rows, err := table(edition.file)
	if err != nil {
		return nil, err
	}
	var list []Row
	for _, r := range rows {
		if r.get("verified") == Memory {
			list = append(list, Row{tableID, r.get("code"), r.get("name"), r.get("source")})
		}
	}
	return list, nil
}

func unconfirmedMapping() ([]Row, error) {
	rows, err := table(economicMapFile)
	if err != nil {
		return nil, err
	}
	var list []Row
	for _, r := range rows {
		if r.get("verified") == Memory {
			list = append(list, Row{MappingTable, r.get("department_code"), r.get("department_name"), r.get("source")})
		}
	}
	return list, nil
}

func unconfirmedTemplates() ([]Row, error) {
	templates, err := Templates()
	if err != nil {
		return nil, err
	}
	var list []Row
	for _, t := range templates {
		if t.Verified == Memory {
			list = append(list, Row{TemplateTable, t.ID, t.Title, t.Source})
		}
	}
	return list, nil
}
