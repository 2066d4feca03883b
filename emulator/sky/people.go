package sky

import (
	"fmt"
	"net/http"
	"strings"
)

// bearer finds who makes a call.
func (n *Network) bearer(r *http.Request) (*Person, *refusal) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, &refusal{401, "AuthMissing", "Authentication Required"}
	}
	for _, p := range n.People {
		old, known := p.Access[token]
		switch {
		case !known:
		case old:
			return nil, refuse("ExpiredToken", "Token has expired")
		case p.Gone:
			return nil, &refusal{401, "AccountTakedown", "Account has been taken down"}
		default:
			return p, nil
		}
	}
	return nil, refuse("InvalidToken", "Token could not be verified: "+token)
}

func (n *Network) createSession(r *http.Request) (any, *refusal) {
	var in struct{ Identifier, Password string }
	if no := n.read(r, &in); no != nil {
		return nil, no
	}
	for _, p := range n.People {
		if (in.Identifier == p.Handle || in.Identifier == p.DID) && in.Password == p.Password {
			return n.session(p), nil
		}
	}
	return nil, &refusal{401, "AuthenticationRequired", "Invalid identifier or password " + in.Password}
}

// session makes tokens; a refresh token is good once.
func (n *Network) session(p *Person) any {
	n.rev++
	p.Renewals++
	p.Ended = ""
	access := fmt.Sprintf("secret-access-%s-%d", p.Handle, p.Renewals)
	p.Refresh = fmt.Sprintf("secret-refresh-%s-%d", p.Handle, p.Renewals)
	p.Access[access] = false
	return map[string]any{
		"did": p.DID, "handle": p.Handle, "accessJwt": access, "refreshJwt": p.Refresh, "active": !p.Gone, "didDoc": n.docOf(p),
		"status": map[bool]string{true: "takendown"}[p.Gone],
	}
}

func (n *Network) refreshSession(r *http.Request) (any, *refusal) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	for _, p := range n.People {
		switch {
		case !strings.HasPrefix(token, "secret-refresh-"+p.Handle+"-"):
		case p.Gone:
			return nil, &refusal{401, "AccountTakedown", "Account has been taken down"}
		case token != p.Refresh:
			return nil, refuse("ExpiredToken", "Token has been revoked")
		default:
			return n.session(p), nil
		}
	}
	return nil, refuse("InvalidToken", "Token could not be verified: "+token)
}

func (n *Network) deleteSession(r *http.Request) (any, *refusal) {
	for _, p := range n.People {
		if r.Header.Get("Authorization") == "Bearer "+p.Refresh {
			p.Refresh = "none"
		}
	}
	return map[string]any{}, nil
}

// docOf is the document that says who somebody is and where he lives.
func (n *Network) docOf(p *Person) map[string]any {
	holder, named := n.Holder, p.Named
	if holder == "" {
		holder = n.URL
	}
	if named == "" {
		named = p.Handle
	}
	return map[string]any{"id": p.DID, "alsoKnownAs": []any{"at://" + named}, "service": []any{
		map[string]any{"id": "#other", "serviceEndpoint": map[string]any{}},
		map[string]any{"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": holder},
	}}
}

// document answers as the directory of identities does.
func (n *Network) document(w http.ResponseWriter, did string) {
	n.asked = append(n.asked, "directory")
	if waiting := n.answers["directory"]; len(waiting) > 0 {
		n.answers["directory"] = waiting[1:]
		n.reply(w, waiting[0].Status, map[string]string{"message": waiting[0].Words}, waiting[0])
		return
	}
	if p := n.People[did]; p != nil {
		n.reply(w, http.StatusOK, n.docOf(p), Answer{})
		return
	}
	n.reply(w, http.StatusNotFound, map[string]string{"message": "DID not registered: " + did}, Answer{})
}

// describeRepo tells of the people who live here.
func (n *Network) describeRepo(r *http.Request) (any, *refusal) {
	p := n.People[r.URL.Query().Get("repo")]
	if p == nil || n.Holder != "" {
		return nil, refuse("RepoNotFound", "Could not find repo for DID: "+r.URL.Query().Get("repo"))
	}
	return map[string]any{"handle": p.Handle, "did": p.DID, "didDoc": n.docOf(p), "collections": []any{}, "handleIsCorrect": p.Named == ""}, nil
}

func (n *Network) resolveHandle(r *http.Request) (any, *refusal) {
	handle := r.URL.Query().Get("handle")
	if did := n.DID(handle); did != "" {
		return map[string]any{"did": did}, nil
	}
	if !strings.Contains(handle, ".") {
		return nil, refuse("InvalidRequest", "Params must have the property \"handle\"")
	}
	return nil, refuse("HandleNotFound", "Unable to resolve handle")
}

// Revoke gives somebody another app password, as his settings would: with the old one
// go all sessions that were got for it.
func (n *Network) Revoke(handle, password string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.People[n.DID(handle)]
	p.Password, p.Refresh = password, "none"
	for token := range p.Access {
		p.Access[token] = true
	}
}

// SignOut ends the sessions of all brands, as a network does on which their tokens
// have run out; false: none of them is signed in.
func (n *Network) SignOut() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	any := false
	for _, p := range n.People {
		if !p.Brand || p.Refresh == "" || p.Ended != "" {
			continue
		}
		n.rev++
		p.Ended, p.Refresh, any = p.Refresh, "none", true
		for token := range p.Access {
			p.Access[token] = true
		}
	}
	return any
}

// SignBack takes back what SignOut has done, but for those who have signed in anew.
func (n *Network) SignBack() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.People {
		if p.Ended != "" {
			n.rev++
			p.Refresh, p.Ended = p.Ended, ""
		}
	}
}

// SignedOut tells whether a brand is without its session.
func (n *Network) SignedOut() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.People {
		if p.Ended != "" {
			return true
		}
	}
	return false
}

// SetDown lets every call fail, until it is set back.
func (n *Network) SetDown(on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rev++
	n.Down = on
}

// IsDown tells whether every call fails.
func (n *Network) IsDown() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.Down
}

// Revision counts the changes since the program started.
func (n *Network) Revision() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.rev
}
