package mastodontest

import "net/http"

// The real server's numbers (mastodon/mastodon, app/models/media_attachment.rb).
const (
	pictureSize = 16 << 20
	videoSize   = 99 << 20
	linkLength  = 23
)

func mimeTypes() []string {
	return []string{"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/webm", "audio/mpeg", "audio/ogg"}
}

// instance tells what the server is and allows.
func (s *Server) instance(*call) (int, any) {
	return http.StatusOK, map[string]any{
		"domain": s.Domain(), "title": "Toot", "version": "4.7.0", "source_url": s.o.Source, "description": "A server of the tests",
		"usage":     map[string]any{"users": map[string]any{"active_month": len(s.people)}},
		"thumbnail": map[string]any{"url": s.page("/thumbnail.png")}, "icon": []any{}, "languages": []string{"fa"}, "rules": []any{},
		"registrations": map[string]any{"enabled": false, "approval_required": false, "message": nil},
		"contact":       map[string]any{"email": "people@toot.example", "account": nil},
		"api_versions":  map[string]any{"mastodon": 7},
		"configuration": map[string]any{
			"urls":     map[string]any{"streaming": "wss://toot.example"},
			"accounts": map[string]any{"max_featured_tags": 10, "max_pinned_statuses": 5},
			"statuses": map[string]any{
				"max_characters": s.o.Characters, "max_media_attachments": s.o.Files, "characters_reserved_per_url": linkLength,
			},
			"media_attachments": map[string]any{
				"supported_mime_types": mimeTypes(), "image_size_limit": pictureSize, "image_matrix_limit": 33177600,
				"video_size_limit": videoSize, "video_frame_rate_limit": 120, "video_matrix_limit": 8294400, "description_limit": 1500,
			},
			"polls":       map[string]any{"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300, "max_expiration": 2629746},
			"translation": map[string]any{"enabled": false},
		},
	}
}

// page is an address for people.
func (s *Server) page(path string) string { return "https://" + s.Domain() + path }

// shown is an account as everybody sees it.
func (s *Server) shown(p *person) map[string]any {
	path := "/@" + p.acct
	return map[string]any{
		"id": p.id, "username": p.name, "acct": p.acct, "display_name": p.shown, "url": s.page(path), "uri": s.page(path),
		"followers_count": p.followers, "following_count": 0, "statuses_count": s.count(p), "created_at": "2024-01-01T00:00:00.000Z",
		"avatar": s.page("/a.png"), "avatar_static": s.page("/a.png"), "header": s.page("/h.png"), "header_static": s.page("/h.png"),
		"note": "", "fields": []any{}, "emojis": []any{}, "bot": false, "group": false, "indexable": false, "locked": false,
	}
}

// credentials is an account as its owner sees it.
func (s *Server) credentials(p *person) map[string]any {
	seen := s.shown(p)
	seen["source"] = map[string]any{
		"fields": []any{}, "follow_requests_count": 0, "indexable": false, "note": "", "privacy": "private", "sensitive": false,
	}
	seen["role"] = map[string]any{"id": "-99", "name": "", "color": "", "permissions": "0", "highlighted": false}
	return seen
}

func (s *Server) count(p *person) int {
	n := 0
	for _, t := range s.statuses {
		if t.author == p.id {
			n++
		}
	}
	return n
}
