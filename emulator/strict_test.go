package emulator

import (
	"context"
	"image"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const notModified = "Bad Request: message is not modified: specified new message content and reply markup are exactly the same " +
	"as a current content and reply markup of the message"

func keyboardOf(button params) params {
	return params{"inline_keyboard": [][]params{{button}}}
}

// Each refusal is in Telegram's own words, because bots tell cases apart by them.
func TestRefusals(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	stranger := b.AddUser(User{Username: "reza"})
	blocker := b.AddUser(User{Username: "mina"})
	blocker.Start("")
	blocker.Block()
	gone := b.AddUser(User{Username: "gone"})
	gone.Start("")
	gone.Deactivate()
	channel, foreign, team := b.AddChannel("cafe", "Cafe"), b.AddChannel("", "Other"), b.AddSupergroup("", "Team")
	channel.PromoteBot(sara, "can_invite_users")
	team.AddBot(sara)
	team.KickBot(sara)
	var own, photo Message
	b.must("sendMessage", params{"chat_id": sara.Chat(), "text": "a"}, &own)
	b.must("sendPhoto", params{"chat_id": sara.Chat(), "photo": sara.Send(Photo(1), "x").Photo[1].FileID}, &photo)
	hers := sara.Say("hers")
	media := func(kinds ...string) []params {
		var out []params
		for _, k := range kinds {
			out = append(out, params{"type": k, "media": photo.Photo[1].FileID})
		}
		return out
	}
	chat := sara.Chat()
	for _, c := range []struct {
		method string
		p      params
		want   string
	}{
		{"sendMessage", params{"text": "x"}, "Bad Request: chat_id is empty"},
		{"sendMessage", params{"chat_id": 42, "text": "x"}, "Bad Request: chat not found"},
		{"sendMessage", params{"chat_id": "@nowhere", "text": "x"}, "Bad Request: chat not found"},
		{"sendMessage", params{"chat_id": chat, "text": " \n\u202e "}, "Bad Request: message text is empty"},
		{"sendMessage", params{"chat_id": chat, "text": strings.Repeat("😀", 4097)}, "Bad Request: message is too long"},
		{"sendMessage", params{"chat_id": chat, "text": strings.Repeat("x", 32769)}, "Bad Request: text is too long"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "parse_mode": "bbcode"}, "Bad Request: unsupported parse_mode"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_parameters": params{"message_id": 99999}}, "Bad Request: message to be replied not found"},
		{"sendMessage", params{"chat_id": stranger.Chat(), "text": "x"}, "Forbidden: bot can't initiate conversation with a user"},
		{"sendMessage", params{"chat_id": blocker.Chat(), "text": "x"}, "Forbidden: bot was blocked by the user"},
		{"sendMessage", params{"chat_id": gone.Chat(), "text": "x"}, "Forbidden: user is deactivated"},
		{"sendMessage", params{"chat_id": team.ID(), "text": "x"}, "Forbidden: bot was kicked from the supergroup chat"},
		{"sendMessage", params{"chat_id": foreign.ID(), "text": "x"}, "Forbidden: bot is not a member of the channel chat"},
		{"sendMessage", params{"chat_id": channel.ID(), "text": "x"}, "Bad Request: need administrator rights in the channel chat"},

		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": params{"inline_keyboard": nil}},
			"Bad Request: field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": params{"inline_keyboard": []any{nil}}},
			"Bad Request: field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": []int{1}}, "Bad Request: object expected as reply markup"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": "B", "callback_data": strings.Repeat("ب", 32) + "x"})},
			"Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": "B", "callback_data": ""})},
			"Bad Request: BUTTON_DATA_INVALID"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": "B"})},
			"Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": " ", "callback_data": "x"})},
			"Bad Request: can't parse inline keyboard button: Button text must be non-empty"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": "B", "url": "localhost"})},
			"Bad Request: inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": "B", "callback_data": "x", "style": "pink"})},
			"Bad Request: can't parse inline keyboard button: Invalid button style specified"},
		{"sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": "B", "copy_text": params{"text": strings.Repeat("x", 257)}})},
			"Bad Request: BUTTON_COPY_TEXT_INVALID"},

		{"sendMessage", params{"chat_id": chat, "text": "ab", "entities": []params{{"type": "bold", "offset": 1, "length": 2}}},
			"Bad Request: entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 2"},
		{"sendMessage", params{"chat_id": chat, "text": "😀", "entities": []params{{"type": "bold", "offset": 1, "length": 1}}},
			"Bad Request: entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"},
		{"sendMessage", params{"chat_id": chat, "text": "😀", "entities": []params{{"type": "bold", "offset": 0, "length": 1}}},
			"Bad Request: entity ends in a middle of a UTF-16 symbol at UTF-16 offset 1"},
		{"sendMessage", params{"chat_id": chat, "text": "a", "entities": []params{{"type": "bold", "offset": -1, "length": 1}}},
			"Bad Request: can't parse entities: Receive an entity with incorrect offset -1"},

		{"sendPhoto", params{"chat_id": chat}, "Bad Request: there is no photo in the request"},
		{"sendPhoto", params{"chat_id": chat, "photo": "nonsense"}, "Bad Request: wrong remote file identifier specified: Wrong string length"},
		{"sendDocument", params{"chat_id": chat, "document": photo.Photo[1].FileID}, "Bad Request: can't use file of type Photo as Document"},
		{"sendPhoto", params{"chat_id": chat, "photo": photo.Photo[1].FileID, "caption": strings.Repeat("😀", 1025)}, "Bad Request: message caption is too long"},
		{"sendMediaGroup", params{"chat_id": chat, "media": media("photo")}, "Bad Request: there must be at least 2 items in the media group"},
		{"sendMediaGroup", params{"chat_id": chat, "media": media(strings.Split(strings.Repeat("photo ", 10)+"photo", " ")...)}, "Bad Request: too many messages to send as an album"},
		{"sendMediaGroup", params{"chat_id": chat, "media": media("photo", "document")}, "Bad Request: document and audio can't be mixed with other media types"},
		{"sendMediaGroup", params{"chat_id": chat, "media": media("photo", "photo"), "reply_markup": keyboardOf(params{"text": "B", "callback_data": "x"})},
			"Bad Request: reply markup is not allowed in media groups"},
		{"sendMediaGroup", params{"chat_id": chat, "media": media("photo", "video")},
			"Bad Request: failed to send message #2 with the error message \"can't use file of type Photo as Video\""},

		{"editMessageText", params{"chat_id": chat, "message_id": own.ID, "text": "a"}, notModified},
		{"editMessageReplyMarkup", params{"chat_id": chat, "message_id": own.ID}, notModified},
		{"editMessageText", params{"chat_id": chat, "message_id": 99999, "text": "b"}, "Bad Request: message to edit not found"},
		{"editMessageText", params{"chat_id": chat, "message_id": hers.ID, "text": "b"}, "Bad Request: message can't be edited"},
		{"editMessageText", params{"chat_id": chat, "message_id": photo.ID, "text": "b"}, "Bad Request: there is no text in the message to edit"},
		{"editMessageCaption", params{"chat_id": chat, "message_id": own.ID, "caption": "b"}, "Bad Request: there is no caption in the message to edit"},
		{"deleteMessage", params{"chat_id": chat, "message_id": 99999}, "Bad Request: message to delete not found"},
		{"copyMessage", params{"chat_id": chat, "from_chat_id": chat, "message_id": 99999}, "Bad Request: message to copy not found"},
		{"forwardMessage", params{"chat_id": chat, "from_chat_id": chat, "message_id": 99999}, "Bad Request: message to forward not found"},
		{"pinChatMessage", params{"chat_id": channel.ID(), "message_id": 1}, "Bad Request: not enough rights to manage pinned messages in the chat"},
		{"answerCallbackQuery", params{"callback_query_id": "1"}, "Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"getFile", params{"file_id": "nonsense"}, "Bad Request: wrong file_id or the file is temporarily unavailable"},
		{"getChatMember", params{"chat_id": team.ID(), "user_id": chat}, "Forbidden: bot was kicked from the supergroup chat"},
		{"setMyCommands", params{"commands": []params{{"command": "Start", "description": "x"}}}, "Bad Request: BOT_COMMAND_INVALID"},
		{"setMyCommands", params{"commands": []params{{"command": "start", "description": ""}}}, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
		{"setMyCommands", params{"commands": []params{}, "language_code": "fas"}, "Bad Request: invalid language code specified"},
		{"setWebhook", params{"url": "https://example.org/", "secret_token": "a b"}, "Bad Request: secret token contains unallowed characters"},
		{"setMessageReaction", params{"chat_id": chat, "message_id": 99999}, "Bad Request: message to react not found"},
		{"sendChatAction", params{"chat_id": chat, "action": "dancing"}, "Bad Request: wrong parameter action in request"},
		{"sendSticker", params{"chat_id": chat}, "Not Found"},
	} {
		b.refused(c.method, c.p, c.want)
	}
}

func TestLimitsAreInclusive(t *testing.T) {
	b := newBox(t, Options{})
	chat := b.sara().Chat()
	var m Message
	b.must("sendMessage", params{"chat_id": chat, "text": strings.Repeat("😀", 4096)}, &m)
	b.must("SENDMESSAGE", params{"chat_id": chat, "text": strings.Repeat("&lt;", 4096) + "  ", "parse_mode": "html"}, &m)
	if m.Text != strings.Repeat("<", 4096) {
		t.Errorf("got %d bytes", len(m.Text))
	}
	b.must("sendMessage", params{"chat_id": chat, "text": "x", "reply_markup": keyboardOf(params{"text": "B", "callback_data": strings.Repeat("ب", 32)})}, &m)
	b.agrees()
}

func TestTextIsCleaned(t *testing.T) {
	b := newBox(t, Options{})
	var m Message
	b.must("sendMessage", params{"chat_id": b.sara().Chat(), "text": " \u202bسلام\u202c\r\u2068x\u2069 \u200f\u200eend\n",
		"entities": []params{{"type": "bold", "offset": 9, "length": 1}}}, &m)
	if want := "سلام\u2068x\u2069 \u200c\u200eend"; m.Text != want {
		t.Errorf("got %q, want %q", m.Text, want)
	}
	if len(m.Entities) != 1 || slice(m.Text, m.Entities[0].Offset, m.Entities[0].Length) != "x" {
		t.Errorf("entities %+v", m.Entities)
	}
}

func TestFileLimits(t *testing.T) {
	b := newBox(t, Options{})
	b.maxUpload = 1 << 17 // bytes; the real limit only takes longer
	sara := b.sara()
	chat := map[string]string{"chat_id": itoa(sara.Chat())}
	for _, c := range []struct {
		method, field string
		data          []byte
		want          string
	}{
		{"sendPhoto", "photo", jpegOf(64, 48, 1), ""},
		{"sendPhoto", "photo", []byte("no picture"), "Bad Request: IMAGE_PROCESS_FAILED"},
		{"sendPhoto", "photo", nil, "Bad Request: file must be non-empty"},
		{"sendPhoto", "photo", jpegOf(21, 1, 1), "Bad Request: PHOTO_INVALID_DIMENSIONS"},
		{"sendDocument", "document", make([]byte, 1<<18), "Request Entity Too Large"},
	} {
		if r := b.upload(c.method, c.field, "file", c.data, chat); r.Description != c.want {
			t.Errorf("%s with %d bytes: %q, want %q", c.method, len(c.data), r.Description, c.want)
		}
	}
	huge := Media{Data: make([]byte, MaxPhoto+1)}
	if err := huge.checkPhoto(); err == nil || err.Error() != "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes" {
		t.Errorf("a huge photo: %v", err)
	}
	big := sara.Send(Video(3).Sized(MaxDownload+1), "")
	b.refused("getFile", params{"file_id": big.Video.FileID}, "Bad Request: file is too big")
	b.agrees()
}

func TestFilesComeBack(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	photo := sara.Send(Photo(7), "منو")
	var f struct {
		Path string `json:"file_path"`
	}
	b.must("getFile", params{"file_id": photo.Photo[1].FileID}, &f)
	res, err := b.client.Get(b.URL() + "/file/bot" + b.Token() + "/" + f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	img, kind, err := image.Decode(res.Body)
	if err != nil || kind != "jpeg" || img.Bounds().Dx() != photo.Photo[1].Width {
		t.Errorf("got %s %v", kind, err)
	}
	r := b.upload("sendMediaGroup", "one", "one.jpg", jpegOf(9, 9, 1), map[string]string{"chat_id": itoa(sara.Chat()),
		"media": `[{"type":"photo","media":"attach://one","caption":"<i>c</i>","parse_mode":"HTML"},{"type":"photo","media":"` + photo.Photo[1].FileID + `"}]`})
	if !r.OK {
		t.Fatal(r.Description)
	}
	list := b.Messages(sara.Chat())
	first, second := list[len(list)-2], list[len(list)-1]
	if first.MediaGroup == "" || first.MediaGroup != second.MediaGroup || first.Caption != "c" || second.Photo[1].FileID != photo.Photo[1].FileID {
		t.Errorf("album %+v %+v", first, second)
	}
	calls := b.Calls("sendmediagroup")
	if len(calls) != 1 || len(calls[0].Files) != 1 || calls[0].Files[0].SHA256 != hashOf(jpegOf(9, 9, 1)) {
		t.Errorf("journal %+v", calls)
	}
	b.agrees()
}

func TestFilesByURL(t *testing.T) {
	b := newBox(t, Options{})
	chat := b.sara().Chat()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.jpg":
			_, _ = w.Write(jpegOf(40, 30, 5))
		case "/big.jpg":
			_, _ = w.Write(make([]byte, maxRemotePhoto+1))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer site.Close()
	var m Message
	b.must("sendPhoto", params{"chat_id": chat, "photo": site.URL + "/a.jpg", "caption": "by URL"}, &m)
	if d, _ := b.FileData(m.Photo[len(m.Photo)-1].FileID); hashOf(d) != hashOf(jpegOf(40, 30, 5)) {
		t.Error("another picture arrived")
	}
	b.must("sendMediaGroup", params{"chat_id": chat, "media": []params{{"type": "photo", "media": site.URL + "/a.jpg"},
		{"type": "photo", "media": m.Photo[1].FileID}}}, nil)
	b.refused("sendPhoto", params{"chat_id": chat, "photo": site.URL + "/none"}, "Bad Request: failed to get HTTP URL content")
	b.refused("sendPhoto", params{"chat_id": chat, "photo": site.URL + "/big.jpg"}, "Bad Request: wrong type of the web page content")
	b.refused("sendPhoto", params{"chat_id": chat, "photo": "https://192.0.2.1/a.jpg"}, "Bad Request: failed to get HTTP URL content")
	b.agrees()
}

func TestCallbacksDie(t *testing.T) {
	b := newBox(t, Options{})
	sara := b.sara()
	b.must("sendMessage", params{"chat_id": sara.Chat(), "text": "card", "reply_markup": keyboardOf(params{"text": "OK", "callback_data": "ok"})}, nil)
	const old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
	q, err := sara.Press("OK")
	if err != nil {
		t.Fatal(err)
	}
	b.time.Advance(CallbackLife - time.Second)
	b.must("answerCallbackQuery", params{"callback_query_id": q, "text": "yes", "show_alert": true}, nil)
	if a, ok := b.AnswerTo(q); !ok || a.Text != "yes" || !a.Alert {
		t.Errorf("answer %+v %v", a, ok)
	}
	b.refused("answerCallbackQuery", params{"callback_query_id": q}, old)
	late, _ := sara.Press("OK")
	b.time.Advance(CallbackLife)
	b.refused("answerCallbackQuery", params{"callback_query_id": late}, old)
	for _, u := range b.Pending() {
		if u.Kind == "callback_query" {
			t.Error("a tap outlived 150 s")
		}
	}
	b.time.Advance(UpdateLife)
	if left := b.Pending(); len(left) != 0 {
		t.Errorf("%d updates outlived 24 h", len(left))
	}
}

func TestWrongAddresses(t *testing.T) {
	b := newBox(t, Options{})
	for path, code := range map[string]int{"/bot1:wrong/getMe": 401, "/bot" + b.Token() + "/getYou": 404, "/": 404, "/bot" + b.Token(): 404,
		"/file/bot" + b.Token() + "/x": 404, "/file/bot1:wrong/x": 401, "/bot" + b.Token() + "/GETME": 200} {
		req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, b.URL()+path, nil)
		res, err := b.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != code || res.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
}

func TestDeletingAges(t *testing.T) {
	b := newBox(t, Options{})
	chat := b.sara().Chat()
	var m Message
	b.must("sendMessage", params{"chat_id": chat, "text": "x"}, &m)
	b.time.Advance(deleteLife)
	b.refused("deleteMessage", params{"chat_id": chat, "message_id": m.ID}, "Bad Request: message can't be deleted for everyone")
	b.must("editMessageText", params{"chat_id": chat, "message_id": m.ID, "text": "still editable"}, nil)
	b.must("deleteMessages", params{"chat_id": chat, "message_ids": []int64{m.ID, 4711}}, nil)
	if list := b.Messages(chat); len(list) != 1 {
		t.Errorf("%d messages left", len(list))
	}
	b.agrees()
}
