package emulator

// methodTable is the whole surface, by lower-case name. What is not here is answered with 404.
func methodTable() map[string]method {
	return map[string]method{
		"getme":          getMe,
		"getupdates":     nil, // waits without the lock: see poll
		"setwebhook":     setWebhook,
		"deletewebhook":  deleteWebhook,
		"getwebhookinfo": getWebhookInfo,

		"sendmessage":    sendMessage,
		"sendphoto":      sendFile(KindPhoto),
		"sendvideo":      sendFile(KindVideo),
		"senddocument":   sendFile(KindDocument),
		"sendanimation":  sendFile(KindAnimation),
		"sendvoice":      sendFile(KindVoice),
		"sendaudio":      sendFile(KindAudio),
		"sendmediagroup": sendMediaGroup,
		"sendchataction": sendChatAction,
		"copymessage":    copyMessage,
		"forwardmessage": forwardMessage,

		"editmessagetext":        editMessageText,
		"editmessagecaption":     editMessageCaption,
		"editmessagemedia":       editMessageMedia,
		"editmessagereplymarkup": editMessageReplyMarkup,
		"deletemessage":          deleteMessage,
		"deletemessages":         deleteMessages,
		"pinchatmessage":         pinChatMessage,
		"unpinchatmessage":       unpinChatMessage,
		"unpinallchatmessages":   unpinAllChatMessages,
		"setmessagereaction":     setMessageReaction,
		"answercallbackquery":    answerCallbackQuery,

		"getfile":               getFile,
		"getchat":               getChat,
		"getchatmember":         getChatMember,
		"getchatmembercount":    getChatMemberCount,
		"getchatmemberscount":   getChatMemberCount, // the name before Bot API 5.3, still taken
		"getchatadministrators": getChatAdministrators,
		"createchatinvitelink":  createChatInviteLink,
		"leavechat":             leaveChat,

		"setmycommands":         setMyCommands,
		"getmycommands":         getMyCommands,
		"deletemycommands":      deleteMyCommands,
		"setchatmenubutton":     setChatMenuButton,
		"getchatmenubutton":     getChatMenuButton,
		"setmyname":             setText("name", 64),
		"getmyname":             getText("name"),
		"setmydescription":      setText("description", 512),
		"getmydescription":      getText("description"),
		"setmyshortdescription": setText("short_description", 120),
		"getmyshortdescription": getText("short_description"),
	}
}
