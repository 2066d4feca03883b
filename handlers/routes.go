package handlers

import (
	"context"

	"peyk/bot"
	"peyk/social"
)

// Routes is the whole surface: everything that people can do, on one screen.
func (h *Handlers) Routes(r *bot.Router) {
	h.setupRoutes(r)
	h.draftRoutes(r)
	h.reviewRoutes(r)
	h.commentRoutes(r)
}

// commentRoutes are the answers to followers.
func (h *Handlers) commentRoutes(r *bot.Router) {
	r.Group(h.heard)
	r.Answered(h.answered)
	r.Action("com", h.person(h.openComment))
	r.Action("see", h.person(h.openComment)) // from a list
	r.Action("com_take", h.person(h.claim))
	r.Action("com_over", h.person(h.takeOver))
	r.Action("com_drop", h.person(h.dropReply))
	r.Action("com_done", h.person(h.finish))
	r.Action("com_open", h.person(h.reopen))
	r.Action("com_later", h.person(h.askLater))
	r.Action("com_later_at", h.person(h.putOff))
	r.Action("com_hide", h.person(h.askHide))
	r.Action("com_hide_yes", h.person(h.hide))
	r.Action("com_who", h.person(h.askAssign))
	r.Action("com_to", h.person(h.assign))
	r.Action("com_yes", h.person(h.judgeReply))
	r.Action("com_no", h.person(h.judgeReply))
	r.Action("com_again", h.person(h.retryReply))
	r.Action("com_there", h.person(h.foundReply))
	r.Action("com_absent", h.person(h.foundReply))
	r.Command("inbox", h.person(h.inbox))
	r.Action("inbox", h.person(h.inbox))
	r.Action("find", h.person(h.askFind))
	r.Step(findStep, h.person(h.takeFind))
}

// reviewRoutes are the decisions about a post, and what to do when it went out
// or did not.
func (h *Handlers) reviewRoutes(r *bot.Router) {
	r.Action("ok", h.person(h.approve))
	r.Action("hld", h.person(h.hold))
	r.Action("stp", h.person(h.hold)) // the same on an approved post
	r.Action("und", h.person(h.undo))
	r.Action("now", h.person(h.goNow))
	r.Action("chg", h.person(h.askChange))
	r.Action("cnl", h.person(h.cancelChange))
	r.Action("una", h.person(h.unask))
	r.Step(changeStep, h.person(h.takeChange))

	r.Action("liv", h.person(h.askLink))
	r.Action("lnk", h.person(h.withoutLink))
	r.Action("dcd", h.person(h.deliveryState))
	r.Action("abs", h.person(h.absent))
	r.Action("rty", h.person(h.retry))
	r.Action("wdr", h.person(h.withdraw))
	r.Step(linkStep, h.person(h.takeLink))
}

// draftRoutes are the way of a post from a message to the approvers: its content,
// its time, its card, and the lists in which posts are found.
func (h *Handlers) draftRoutes(r *bot.Router) {
	r.Content(h.person(h.content))
	r.Step(draftStep, h.person(h.content))
	r.Step(pieceStep, h.person(h.takePiece))
	r.Action("brand_of", h.person(h.brandOf))
	r.Command("new", h.person(h.newDraft))
	r.Action("new", h.person(h.newDraft))
	r.Step(newStep, h.person(h.takeDraft))

	r.Action("opn", h.person(h.openPost))
	r.Action("acc", h.person(h.toggleAccount))
	r.Action("txt", h.person(h.askText))
	r.Action("vtx", h.person(h.askVariant))
	r.Action("vrs", h.person(h.resetVariant))
	r.Step(textStep, h.person(h.takeText))
	r.Action("med", h.person(h.askMedia))
	r.Action("med_no", h.person(h.dropMedia))
	r.Step(mediaStep, h.person(h.takeNewMedia))
	r.Action("pre", h.person(h.preview))
	r.Action("pre_end", h.person(h.endPreview))
	r.Action("off", h.person(h.offer))
	r.Action("snd", h.person(h.submit))
	r.Action("edt", h.person(h.edit))
	r.Action("cpy", h.person(h.copyPost))
	r.Action("del", h.person(h.askStop))
	r.Action("del_yes", h.person(h.stop))
	r.Action("rst", h.person(h.restore))
	r.Action("trl", h.person(h.trail))

	r.Action("slt", h.person(h.slots))
	r.Action("dsl", h.person(h.deliverySlots))
	r.Action("slot_at", h.person(h.slotAt))
	r.Action("slot_ok", h.person(h.saveSlot))
	r.Action("slot_month", h.person(h.slotMonth))
	r.Action("slot_day", h.person(h.slotDay))
	r.Action("slot_hour", h.person(h.slotHour))
	r.Action("nop", h.person(h.nothing))
	r.Step(whenStep, h.person(h.takeWhen))

	r.Command("calendar", h.person(h.calendar))
	r.Action("calendars", h.person(h.calendar))
	r.Action("week", h.person(h.week))
	r.Action("gaps", h.person(h.gaps))
	r.Command("waiting", h.person(h.waiting))
	r.Action("waiting", h.person(h.waiting))
}

// setupRoutes are agencies, brands, people, accounts and settings.
func (h *Handlers) setupRoutes(r *bot.Router) {
	r.Resumed(h.person(h.resume))
	r.Command("start", h.person(h.start))
	r.Action("home", h.screen(h.home))
	r.Action("sample", h.person(h.sample))
	r.Action("agency_new", h.person(h.askAgency))
	r.Step(agencyStep, h.person(h.takeAgency))

	r.Action("brand", h.screen(h.brand))
	r.Action("brand_new", h.person(h.newBrand))
	r.Action("made", h.screen(h.made))
	r.Step(brandStep, h.person(h.takeBrand))
	r.Step(renameStep, h.person(h.takeRename))
	r.Action("rules", h.screen(h.rules))
	r.Action("stages_set", h.person(h.setStages))
	r.Action("need_set", h.person(h.setNeed))
	r.Action("own_set", h.person(h.setOwn))
	r.Action("stages", h.person(h.stages))
	r.Action("quiet", h.person(h.quietHours))
	r.Action("calendar", h.person(h.calendarOf))
	r.Action("week_start", h.person(h.weekStart))
	r.Action("rename", h.person(h.askRename))
	r.Action("silence", h.person(h.silence))
	r.Action("silence_set", h.person(h.setSilence))
	r.Action("calendar_set", h.person(h.setCalendar))
	r.Action("week_set", h.person(h.setWeekStart))
	r.Action("zone", h.person(h.askZone))
	r.Action("zone_set", h.person(h.setZone))
	r.Step(zoneStep, h.person(h.takeZone))
	r.Action("quiet_set", h.person(h.setQuiet))
	r.Step(quietStep, h.person(h.takeQuiet))
	r.Action("times", h.screen(h.times))
	r.Action("time_add", h.person(h.askTime))
	r.Action("time_day", h.person(h.pickHour))
	r.Action("time_hour", h.person(h.pickMinute))
	r.Action("time_put", h.person(h.putTime))
	r.Action("time_drop", h.person(h.dropTime))
	r.Step(timeStep, h.person(h.takeTime))

	r.Action("people", h.screen(h.people))
	r.Action("member", h.person(h.member))
	r.Action("member_drop", h.person(h.dropMember))
	r.Action("invite", h.screen(h.invite))
	r.Action("invite_as", h.person(h.inviteAs))
	r.Action("inv_yes", h.person(h.confirmInvitation))
	r.Action("inv_no", h.person(h.refuseInvitation))

	r.Action("accounts", h.screen(h.accountsOf))
	r.Action("account", h.person(h.account))
	r.Action("account_sure", h.person(h.accountSure))
	r.Action("account_drop", h.person(h.dropAccount))
	r.Action("channel", h.person(h.askChannel))
	r.Step(channelStep, h.person(h.hearChannel))
	r.Action("connect", h.person(h.connect))
	r.Action("others", h.screen(h.others))
	r.Action("toggle", h.person(h.toggle))
	r.Action("hand", h.screen(h.hand))
	r.Action("hand_on", h.person(h.handOn))
	r.Action("hand_skip", h.person(h.skipHandle))
	r.Step(handleStep, h.person(h.takeHandle))
	r.MyMember(h.placed)

	r.Command("settings", h.person(h.settings))
	r.Action("settings", h.screen(h.settings))
	r.Command("language", h.person(h.languages))
	r.Action("language", h.person(h.languages))
	r.Action("lang", h.person(h.setLanguage))
	r.Action("my_zone", h.person(h.myZone))
	r.Action("my_zone_set", h.person(h.setMyZone))
	r.Step(myZoneStep, h.person(h.takeMyZone))
	r.Action("my_calendar", h.person(h.myCalendar))
	r.Action("my_calendar_set", h.person(h.setMyCalendar))
	r.Command("help", h.person(h.help))
	r.Action("help", h.person(h.help))
	r.Command("privacy", h.person(h.privacy))
	r.Action("privacy", h.person(h.privacy))
	r.Command("cancel", h.person(h.cancel))
	r.Unknown(h.person(h.unknown))
	r.Forged(func(context.Context, *bot.Request) error { return social.ErrOutdated })
}
