package social

import (
	"slices"
	"time"
)

// A Kind is what happened. Its text is the locale key "event.<kind>".
type Kind string

// The kinds of events.
const (
	PostDrafted     Kind = "post.drafted"
	PostOffered     Kind = "post.offered" // a draft is ready for those who plan
	PostEdited      Kind = "post.edited"
	PostMoved       Kind = "post.moved"
	PostSubmitted   Kind = "post.submitted"
	PostAgreed      Kind = "post.agreed" // one yes of several
	PostApproved    Kind = "post.approved"
	PostChangeAsked Kind = "post.change_asked"
	PostUnasked     Kind = "post.unasked" // a change request was taken back
	PostHeld        Kind = "post.held"
	PostUndone      Kind = "post.undone"
	PostStopped     Kind = "post.stopped"
	PostRestored    Kind = "post.restored"
	PostExpired     Kind = "post.expired"
	PostReminded    Kind = "post.reminded"
	PostUnanswered  Kind = "post.unanswered" // its time is near, and the manager is asked
	PostSilent      Kind = "post.silent"     // nobody spoke, and silence means yes
	PostLate        Kind = "post.late"
	PostClaimed     Kind = "post.claimed"
	PostFinished    Kind = "post.finished"
	PostStuck       Kind = "post.stuck" // the watchdog found it

	DeliveryLive      Kind = "delivery.live"
	DeliveryHanded    Kind = "delivery.handed"
	DeliveryRejected  Kind = "delivery.rejected"
	DeliveryUnknown   Kind = "delivery.unknown"
	DeliveryDelayed   Kind = "delivery.delayed"
	DeliveryStalled   Kind = "delivery.stalled" // its account has to be connected first
	DeliveryPutOff    Kind = "delivery.put_off"
	DeliveryAgain     Kind = "delivery.again" // a person found it absent
	DeliveryWithdrawn Kind = "delivery.withdrawn"
	DeliveryRetried   Kind = "delivery.retried"
	DeliveryDeleted   Kind = "delivery.deleted" // on its network

	CommentCame     Kind = "comment.came"
	CommentEdited   Kind = "comment.edited"   // by its author
	CommentVanished Kind = "comment.vanished" // deleted on the network
	CommentHidden   Kind = "comment.hidden"
	CommentTaken    Kind = "comment.taken"
	CommentAssigned Kind = "comment.assigned"
	CommentDone     Kind = "comment.done"
	CommentPutOff   Kind = "comment.put_off"
	CommentBack     Kind = "comment.back"
	CommentReopened Kind = "comment.reopened"
	CommentMarked   Kind = "comment.marked"  // a person has said what its words mean
	CommentOverdue  Kind = "comment.overdue" // the promised time has passed
	CommentStale    Kind = "comment.stale"   // and once more as much
	CommentRuled    Kind = "comment.ruled"   // a rule of the brand did something with it
	CommentUnruled  Kind = "comment.unruled"
	CommentFreed    Kind = "comment.freed"    // whom a rule gave it to has it no more
	CommentReplying Kind = "comment.replying" // a reply is on its way
	CommentKept     Kind = "comment.kept"     // a reply that a colleague's claim keeps back
	CommentAsked    Kind = "comment.asked"    // a reply waits for a manager
	CommentRefused  Kind = "comment.refused"
	CommentHanded   Kind = "comment.handed" // whoever wrote the reply puts it there
	CommentUnsent   Kind = "comment.unsent" // and did not
	CommentAnswered Kind = "comment.answered"
	CommentFailed   Kind = "comment.failed"
	CommentUnsure   Kind = "comment.unsure"
	CommentsFolded  Kind = "comments.folded" // a burst: one card for all of it
	CommentsGrew    Kind = "comments.grew"
	CommentsOn      Kind = "comments.on" // an account's comments reach us
	CommentsOff     Kind = "comments.off"
	ReplySaved      Kind = "reply.saved"   // its words are kept for use again
	ReplyUnsaved    Kind = "reply.unsaved" // and are not any more

	GoalSet     Kind = "goal.set"
	GoalChanged Kind = "goal.changed"
	GoalMet     Kind = "goal.reached"
	GoalPassed  Kind = "goal.missed" // its day is over
	GoalGivenUp Kind = "goal.ended"

	PlanDrafted Kind = "plan.drafted" // somebody chooses what a plan is made of
	PlanMade    Kind = "plan.made"
	PlanChanged Kind = "plan.changed" // its date, or what it is made of
	PlanGiven   Kind = "plan.given"   // it has another owner
	PlanHanded  Kind = "plan.handed"  // likewise, because the owner is there no more
	PlanTicked  Kind = "plan.ticked"  // an action is done, or is not after all
	PlanDue     Kind = "plan.due"     // its date has come: did it help?
	PlanJudged  Kind = "plan.judged"
	PlanGivenUp Kind = "plan.dropped"

	AgencyFounded    Kind = "agency.founded"
	BrandMade        Kind = "brand.made"
	BrandChanged     Kind = "brand.changed"
	BrandDropped     Kind = "brand.dropped" // one of its figures has fallen
	DigestShared     Kind = "digest.shared" // a week was sent to the clients
	ReportReady      Kind = "report.ready"  // a month is over
	ReportShared     Kind = "report.shared" // a month was sent to the clients
	AccountAdded     Kind = "account.added"
	NumbersTyped     Kind = "account.numbers"
	AccountLost      Kind = "account.lost"
	AccountBack      Kind = "account.back"
	AccountRemoved   Kind = "account.removed"
	AccountLeft      Kind = "account.left" // what let us in to one that was removed was given back
	AccountKept      Kind = "account.kept" // or its network did not take it back
	DoorMade         Kind = "door.made"    // an address at which comments are told
	DoorRenewed      Kind = "door.renewed"
	DoorEnded        Kind = "door.ended"
	InvitationMade   Kind = "invitation.made"
	InvitationOpened Kind = "invitation.opened"
	MemberJoined     Kind = "member.joined"
	MemberRefused    Kind = "member.refused"
	MemberRemoved    Kind = "member.removed"
	MemberChanged    Kind = "member.changed"
	PersonLost       Kind = "person.lost" // has blocked the bot
	PersonBack       Kind = "person.back"
	PersonGone       Kind = "person.gone" // has had his data deleted
)

// An Event is one change: a line of the audit trail and a row of the outbox.
type Event struct {
	ID       int64
	Kind     Kind
	AgencyID int64
	BrandID  int64 // 0: concerns the agency
	PostID   int64 // 0: concerns no post
	Actor    int64 // person; 0: the program itself
	Version  int
	Facts    Facts
	At       time.Time
}

// Facts are the details of an event. Empty ones are left out when stored.
type Facts struct {
	Was      PostState `json:"was,omitempty"`
	State    PostState `json:"state,omitempty"`
	From     time.Time `json:"from,omitzero"`
	To       time.Time `json:"to,omitzero"`
	Again    bool      `json:"again,omitempty"` // the approvers are asked once more
	Note     string    `json:"note,omitempty"`
	Voice    *Media    `json:"voice,omitempty"`
	Picture  *Media    `json:"picture,omitempty"` // of a network's own screen
	Delivery int64     `json:"delivery,omitempty"`
	Account  int64     `json:"account,omitempty"`
	Platform Platform  `json:"platform,omitempty"` // of the account, where its name says too little
	Code     string    `json:"code,omitempty"`
	Detail   string    `json:"detail,omitempty"`
	Link     string    `json:"link,omitempty"`
	Person   int64     `json:"person,omitempty"` // whom it happened to, where that is not the actor
	Role     Role      `json:"role,omitempty"`
	Name     string    `json:"name,omitempty"`
	Invite   int64     `json:"invite,omitempty"`
	Week     string    `json:"week,omitempty"`
	Month    string    `json:"month,omitempty"` // by its first day
	Missing  []string  `json:"missing,omitempty"`
	Missed   bool      `json:"missed,omitempty"` // the program was away when it should have happened
	Last     bool      `json:"last,omitempty"`   // the post ended with it; the event of that says all
	Comment  int64     `json:"comment,omitempty"`
	Reply    int64     `json:"reply,omitempty"`
	Fold     int64     `json:"fold,omitempty"`
	Drop     *Drop     `json:"drop,omitempty"`
	Network  Platform  `json:"network,omitempty"` // of an account that is signed in to
	Count    int       `json:"count,omitempty"`   // posts that wait for it
	Plan     int64     `json:"plan,omitempty"`
	Goal     *GoalWord `json:"goal,omitempty"`
}

// Audience says who hears of an event.
type Audience struct {
	Planners   bool // owners' and managers' brand: those who plan for it
	Author     bool // whoever wrote the post
	Approvers  bool // whoever is or was asked about this version
	Unspoken   bool // of those, whoever has not answered yet
	Clients    bool // the brand's approvers
	Responders bool // whoever has the comment, or those who answer for the brand
	Subject    bool // the person it happened to
	Keepers    bool // the plan's owner, and who made it
	Cards      bool // every card of the post, the comment or the burst is drawn again
}

// Urgent tells whether the word may ring in quiet hours: something waits for a
// person now, and lying still would cost the post its time.
func (k Kind) Urgent() bool {
	switch k {
	case PostExpired, PostLate, PostStuck, DeliveryHanded, DeliveryUnknown, DeliveryRejected, CommentFailed, CommentUnsure, CommentHanded:
		return true
	}
	return false
}

// Rings tells whether the word of the event rings in quiet hours: because its kind
// does, or because it brings a complaint and the brand wants to hear of those.
func (a Affair) Rings() bool {
	switch a.Kind {
	case CommentCame, CommentAssigned, CommentFreed, CommentBack, CommentOverdue, CommentStale:
		return a.Brand.Rules.LoudBad && a.Comment.Mark().Negative()
	case CommentsFolded:
		return a.Brand.Rules.LoudBad && a.Fold.Bad > 0
	}
	return a.Kind.Urgent()
}

// audiences is the whole table of who hears of what. Nobody is told what he did
// himself; a kind that is missing is only a line of the trail.
var audiences = map[Kind]Audience{
	PostOffered:       {Planners: true},
	PostEdited:        {Cards: true},
	PostMoved:         {Cards: true, Approvers: true, Author: true},
	PostSubmitted:     {Cards: true},
	PostAgreed:        {Cards: true},
	PostApproved:      {Cards: true, Author: true},
	PostChangeAsked:   {Cards: true, Author: true},
	PostUnasked:       {Cards: true, Author: true},
	PostHeld:          {Cards: true, Author: true},
	PostUndone:        {Cards: true, Author: true},
	PostStopped:       {Cards: true},
	PostRestored:      {Cards: true},
	PostExpired:       {Cards: true, Author: true},
	PostReminded:      {Unspoken: true},
	PostUnanswered:    {Planners: true, Author: true},
	PostSilent:        {Cards: true, Author: true, Approvers: true},
	PostLate:          {Cards: true, Author: true},
	PostClaimed:       {Cards: true},
	PostFinished:      {Cards: true, Author: true},
	PostStuck:         {Cards: true, Author: true, Planners: true},
	DeliveryLive:      {Cards: true},
	DeliveryHanded:    {Cards: true, Author: true},
	DeliveryRejected:  {Cards: true, Author: true},
	DeliveryUnknown:   {Cards: true, Author: true},
	DeliveryDelayed:   {Cards: true, Author: true},
	DeliveryPutOff:    {Cards: true},
	DeliveryStalled:   {Cards: true},
	DeliveryAgain:     {Cards: true},
	DeliveryRetried:   {Cards: true},
	DeliveryWithdrawn: {Cards: true},
	DeliveryDeleted:   {Cards: true, Planners: true},
	CommentCame:       {Responders: true},
	CommentEdited:     {Cards: true},
	CommentVanished:   {Cards: true, Subject: true},
	CommentHidden:     {Cards: true},
	CommentTaken:      {Cards: true, Subject: true},
	CommentAssigned:   {Cards: true, Subject: true},
	CommentDone:       {Cards: true},
	CommentPutOff:     {Cards: true},
	CommentBack:       {Cards: true, Subject: true},
	CommentReopened:   {Cards: true},
	CommentMarked:     {Cards: true},
	CommentRuled:      {Cards: true},
	CommentUnruled:    {Cards: true},
	CommentFreed:      {Cards: true, Responders: true},
	CommentOverdue:    {Responders: true},
	CommentStale:      {Planners: true},
	CommentReplying:   {Cards: true},
	CommentAsked:      {Cards: true, Planners: true},
	CommentRefused:    {Cards: true, Subject: true},
	CommentHanded:     {Cards: true, Subject: true},
	CommentUnsent:     {Cards: true, Subject: true},
	CommentAnswered:   {Cards: true},
	CommentFailed:     {Cards: true, Subject: true},
	CommentUnsure:     {Cards: true, Subject: true},
	CommentsFolded:    {Responders: true},
	CommentsGrew:      {Cards: true},
	CommentsOn:        {Planners: true},
	CommentsOff:       {Planners: true},
	BrandDropped:      {Planners: true},
	GoalSet:           {Planners: true},
	GoalChanged:       {Planners: true},
	GoalMet:           {Planners: true, Clients: true},
	GoalPassed:        {Planners: true},
	GoalGivenUp:       {Planners: true},
	PlanMade:          {Subject: true},
	PlanChanged:       {Keepers: true},
	PlanGiven:         {Subject: true},
	PlanHanded:        {Subject: true},
	PlanDue:           {Keepers: true},
	PlanJudged:        {Keepers: true},
	PlanGivenUp:       {Keepers: true},
	AccountAdded:      {Planners: true},
	DigestShared:      {Clients: true},
	ReportReady:       {Planners: true},
	ReportShared:      {Clients: true},
	AccountLost:       {Planners: true},
	AccountBack:       {Planners: true},
	AccountKept:       {Planners: true, Subject: true},
	DoorMade:          {Planners: true},
	DoorRenewed:       {Planners: true},
	DoorEnded:         {Planners: true},
	InvitationOpened:  {Subject: true}, // the one who made the invitation
	MemberJoined:      {Subject: true, Planners: true},
	MemberRefused:     {Subject: true},
	MemberRemoved:     {Subject: true, Planners: true},
	PersonLost:        {Planners: true},
	PersonBack:        {Subject: true},
	PersonGone:        {Planners: true},
}

// Audience returns who hears of the event's kind.
func (k Kind) Audience() Audience { return audiences[k] }

// A TrailLine is one event with the name of whoever acted.
type TrailLine struct {
	Event
	Who string // empty: the program itself
}

// An Affair is an event with all that is needed to tell people of it.
type Affair struct {
	Event
	Who     string // the actor's name; empty: the program itself
	Agency  Agency
	Brand   Brand   // empty for an event that concerns the agency
	Post    Post    // empty for an event that concerns no post
	Comment Comment // likewise
	Fold    Fold    // likewise
	Plan    ActionPlan
	Result  Result   // of the plan
	Members []Member // of the brand with the agency's owners, or of the agency
	Subject Person   // Facts.Person, when there is one
}

// Listeners returns everybody who is told of the event in words, each once:
// never whoever acted, never whoever cannot be reached. Who wrote a post but may
// not plan is heard for together with those who may.
func (a Affair) Listeners() []Person {
	who := a.Kind.Audience()
	var people []Person
	add := func(p Person) {
		known := slices.ContainsFunc(people, func(o Person) bool { return o.ID == p.ID })
		if p.ID != 0 && p.ID != a.Actor && p.Reachable && !known {
			people = append(people, p)
		}
	}
	plannersToo := who.Planners
	if who.Author {
		author, ok := a.member(a.Post.Author)
		if ok {
			add(author.Person)
		}
		plannersToo = plannersToo || !ok || !author.Role.May(Plan)
	}
	if plannersToo {
		for _, m := range a.planners() {
			add(m.Person)
		}
	}
	if who.Approvers {
		for stage := range a.Post.Brand.Rules.Stages {
			for _, m := range a.Post.approversOf(stage) {
				add(m.Person)
			}
		}
	}
	if who.Clients {
		for _, m := range Clients(a.Members) {
			add(m.Person)
		}
	}
	if who.Keepers {
		for _, m := range a.keepers() {
			add(m.Person)
		}
	}
	if who.Responders {
		for _, m := range a.responders() {
			add(m.Person)
		}
	}
	if who.Unspoken && a.Version == a.Post.Version {
		for _, m := range a.Post.Unspoken() {
			add(m.Person)
		}
	}
	for _, p := range a.subjects() {
		add(p)
	}
	return people
}

// keepers are the plan's owner and whoever made it, as far as they still may plan and
// can be reached; where there is nobody, those who plan for the brand.
func (a Affair) keepers() []Member {
	var found []Member
	for _, id := range []int64{a.Plan.Owner.ID, a.Plan.Maker.ID} {
		if m, ok := a.member(id); ok && m.Role.May(Plan) && m.Person.Reachable {
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		return a.planners()
	}
	return found
}

// responders are whoever has the comment, or those who answer for the brand; where
// none of them can be reached, its planners.
func (a Affair) responders() []Member {
	if m, ok := a.member(a.Comment.Holder.ID); ok && m.Person.Reachable {
		return []Member{m}
	}
	var found []Member
	for _, m := range a.Members {
		if m.Role == Responder && m.Person.Reachable {
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		return a.planners()
	}
	return found
}

// subjects is whom it happened to. Of an invitation that was opened it is whoever
// made it, or everybody who may confirm it where he is not there any more.
func (a Affair) subjects() []Person {
	if !a.Kind.Audience().Subject {
		return nil
	}
	if a.Kind != InvitationOpened || a.Place(a.Subject.ID).Role.May(Invite) {
		return []Person{a.Subject}
	}
	var people []Person
	for _, m := range a.Members {
		if m.MayGrant(a.Facts.Role) == nil {
			people = append(people, m.Person)
		}
	}
	return people
}

// member returns a person's place in the brand that the event concerns.
func (a Affair) member(person int64) (Member, bool) {
	i := slices.IndexFunc(a.Members, func(m Member) bool { return m.Person.ID == person })
	if i < 0 {
		return Member{}, false
	}
	return a.Members[i], true
}

// Place returns a person's place in the brand, empty when he has none.
func (a Affair) Place(person int64) Member {
	m, _ := a.member(person)
	return m
}

// Where names the brand, or the agency that the event concerns.
func (a Affair) Where() string {
	if a.BrandID == 0 {
		return a.Agency.Name
	}
	return a.Brand.Name
}

// planners are the brand's managers, or the owners where none can be reached.
func (a Affair) planners() []Member {
	var managers, owners []Member
	for _, m := range a.Members {
		switch {
		case m.Role == Manager && m.Person.Reachable:
			managers = append(managers, m)
		case m.Role == Owner:
			owners = append(owners, m)
		}
	}
	if len(managers) == 0 {
		return owners
	}
	return managers
}
