package handover

import (
	"encoding/json"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Sign takes the step sign-leaver, sign-successor or witness. Each is one person's, whatever roles others have.
func Sign(tx *store.Tx, by identity.Actor, id, step string, version int64) error {
	signatures := map[string]struct {
		column string
		who    func(h Handover) int64
	}{
		"sign-leaver":    {"leaver_at", func(h Handover) int64 { return h.Leaver }},
		"sign-successor": {"successor_at", func(h Handover) int64 { return h.Successor }},
		"witness":        {"witness_at", func(h Handover) int64 { return h.Witness }},
	}
	signature, ok := signatures[step]
	if !ok {
		return fault.Newf(fault.NotFound, "step-unknown", "请从页面上的按钮办理", "交接没有名为「%s」的步骤", step)
	}
	return take(tx, by, id, step, version, "", func(h Handover) (document.Effect, error) {
		if signature.who(h) != by.Person {
			return document.Effect{}, fault.Newf(fault.Refused, "handover-not-yours", "请由本人登录后签字", "%s不能由他人代签", Kind.Step(step).Title)
		}
		var done document.Effect
		var err error
		switch step {
		case "sign-leaver":
			done.Rows, err = keepItems(tx, by.County, h)
		case "witness":
			done.Facts, err = finish(tx, by, h)
		}
		if err == nil {
			_, err = tx.Exec(`update handover set `+signature.column+` = $3 where county_id = $1 and document_id = $2`, by.County, id, calendar.Instant(tx.Now))
		}
		if err != nil {
			return done, fmt.Errorf("handover.Sign %s: %w", id, err)
		}
		return done, nil
	})
}

// keepItems keeps what is open as the leaver signs it; the leaf holds its digest.
func keepItems(tx *store.Tx, county int64, h Handover) (string, error) {
	items, err := Items(tx, county, h.Leaver)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(items)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec(`update handover set items = $3 where county_id = $1 and document_id = $2`, county, h.Document, string(body))
	return trail.Digest(body), err
}

// finish ends the leaver's delegations and roles, and lets him work again under whatever he is given next.
func finish(tx *store.Tx, by identity.Actor, h Handover) (map[string]string, error) {
	if err := lapse(tx, by, h); err != nil {
		return nil, err
	}
	ended, err := identity.EndPost(tx, by, h.Leaver, "工作交接")
	if err != nil {
		return nil, err
	}
	return map[string]string{"roles_ended": fmt.Sprint(len(ended))}, identity.Unfreeze(tx, by.County, h.Leaver)
}

// Cancel takes a handover back: the leaver stays, and works again. He himself may not, whatever his role: he could free
// himself of the freeze and of the witness.
func Cancel(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	return take(tx, by, id, "void", version, reason, func(h Handover) (document.Effect, error) {
		if h.Leaver == by.Person {
			return document.Effect{}, fault.New(fault.Refused, "handover-void-own", "移交人不能撤销自己的交接", "请由监交人或单位负责人撤销")
		}
		return document.Effect{}, identity.Unfreeze(tx, by.County, h.Leaver)
	})
}

func take(tx *store.Tx, by identity.Actor, id, step string, version int64, reason string, effect func(h Handover) (document.Effect, error)) error {
	h, err := See(tx, by, id)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	path := h.Path
	if step == "sign-leaver" || step == "sign-successor" { // the right to sign is the person's; he holds a role somewhere
		path = anyPath(by, path)
	}
	act := document.Act{By: by, Kind: Kind, Step: step, ID: id, Version: version, Unit: h.Unit, Path: path, Today: today, Reason: reason}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) { return effect(h) })
	return err
}

// anyPath gives a path over which the person holds a role, the unit's own where he does.
func anyPath(by identity.Actor, path string) string {
	if by.Sees(path) || len(by.Grants) == 0 {
		return path
	}
	return by.Grants[0].Path
}
