package bluesky_test

import (
	"fmt"
	"net/http"
	"strings"
)

// bearer finds who makes a call.
func (n *network) bearer(r *http.Request) (*person, *refusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, &refusal{401, "AuthMissing", "Authentication Required"}
	}
	for _, p := range n.people {
		old, known := p.access[token]
		switch {
		case !known:
		case old:
			return nil, refuse("ExpiredToken", "Token has expired")
		case p.gone:
			return nil, &refusal{401, "AccountTakedown", "Account has been taken down"}
		default:
			return p, nil
		}
	}
	return nil, refuse("InvalidToken", "Token could not be verified: "+token)
}

func (n *network) createSession(r *http.Request) (any, *refusal) {
	var in struct{ Identifier, Password string }
	if no := n.read(r, &in); no != nil {
		return nil, no
	}
	for _, p := range n.people {
		if (in.Identifier == p.handle || in.Identifier == p.did) && in.Password == p.password {
			return n.session(p), nil
		}
	}
	return nil, &refusal{401, "AuthenticationRequired", "Invalid identifier or password " + in.Password}
}

// session makes tokens; a refresh token is good once.
func (n *network) session(p *person) any {
	p.renewals++
	access := fmt.Sprintf("secret-access-%s-%d", p.handle, p.renewals)
	p.refresh = fmt.Sprintf("secret-refresh-%s-%d", p.handle, p.renewals)
	p.access[access] = false
	doc := map[string]any{"id": p.did, "service": []any{
		map[string]any{"id": "#other", "serviceEndpoint": map[string]any{}},
		map[string]any{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": n.holder},
	}}
	return map[string]any{
		"did": p.did, "handle": p.handle, "accessJwt": access, "refreshJwt": p.refresh, "active": !p.gone, "didDoc": doc,
		"status": map[bool]string{true: "takendown"}[p.gone],
	}
}

func (n *network) refreshSession(r *http.Request) (any, *refusal) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, p := range n.people {
		switch {
		case !strings.HasPrefix(token, "secret-refresh-"+p.handle+"-"):
		case p.gone:
			return nil, &refusal{401, "AccountTakedown", "Account has been taken down"}
		case token != p.refresh:
			return nil, refuse("ExpiredToken", "Token has been revoked")
		default:
			return n.session(p), nil
		}
	}
	return nil, refuse("InvalidToken", "Token could not be verified: "+token)
}

func (n *network) deleteSession(r *http.Request) (any, *refusal) {
	for _, p := range n.people {
		if r.Header.Get("Authorization") == "Bearer "+p.refresh {
			p.refresh = "none"
		}
	}
	return map[string]any{}, nil
}

func (n *network) resolveHandle(_ *person, r *http.Request) (any, *refusal) {
	if did := n.did(r.URL.Query().Get("handle")); did != "" {
		return map[string]any{"did": did}, nil
	}
	if !strings.Contains(r.URL.Query().Get("handle"), ".") {
		return nil, refuse("InvalidRequest", "Params must have the property \"handle\"")
	}
	return nil, refuse("HandleNotFound", "Unable to resolve handle")
}
