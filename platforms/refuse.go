package platforms

import (
	"fmt"

	"peyk/social"
)

// Refuse turns the first issue that blocks the variant into the error with which
// a connector's Prepare refuses it; nil when nothing blocks.
func Refuse(a social.Account, v social.Variant) error {
	for _, i := range Check(a, v) {
		switch {
		case !i.Blocks:
			continue
		case i.Code == IssueAccountLost:
			return &AccountLost{Detail: "known before the attempt"}
		case i.Code == IssueRightsMissing:
			return &PermissionMissing{Rights: a.Missing, Detail: "known before the attempt"}
		}
		return &Rejected{Code: i.Code, Detail: fmt.Sprint(i.Params)}
	}
	return nil
}
