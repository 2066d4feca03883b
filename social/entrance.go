package social

// A Profile is an account of a network that somebody has named and that was found
// there; nobody has signed in to it yet. A dialog keeps it, so it holds no secret.
type Profile struct {
	Network Platform
	Name    string // as people know it: the account's handle
	Remote  string // the network's lasting id of it
	Server  string // the base address of the server on which it lives
	URL     string // where its owner gets the secret; empty: the words say it
	State   string // whatever else the network's entrance needs to sign in
}

// Data is the profile as a dialog keeps it.
func (d Profile) Data() map[string]string {
	return map[string]string{
		"network": string(d.Network), "name": d.Name, "remote": d.Remote, "server": d.Server, "url": d.URL, "state": d.State,
	}
}

// ProfileOf reads what Data wrote.
func ProfileOf(data map[string]string) Profile {
	return Profile{
		Network: Platform(data["network"]), Name: data["name"], Remote: data["remote"], Server: data["server"],
		URL: data["url"], State: data["state"],
	}
}

// An Admission is what signing in has given.
type Admission struct {
	Handle    string // as it is shown
	Remote    string
	Sealed    string // with what we are signed in from now on
	Followers int64
	Counted   bool   // the network told the followers
	Limits    Limits // what the account's own server allows, where it says so
}

// SignsIn tells whether Peyk works on the network with what its owner signs in with
// once. On Telegram it is a member itself; on the others a person publishes.
func (p Platform) SignsIn() bool { return p == Bluesky || p == Mastodon }
