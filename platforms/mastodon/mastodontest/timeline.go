package mastodontest

import (
	"net/http"
	"slices"
	"strconv"
)

// page cuts what a call asks for out of a list that has the newest first.
func page[T any](c *call, all []T, id func(T) string, usual, most int) []T {
	q := c.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit <= 0 {
		limit = usual
	}
	limit = min(limit, most)
	all = slices.DeleteFunc(slices.Clone(all), func(v T) bool {
		return q.Get("max_id") != "" && !before(id(v), q.Get("max_id")) ||
			q.Get("since_id") != "" && !before(q.Get("since_id"), id(v)) ||
			q.Get("min_id") != "" && !before(q.Get("min_id"), id(v))
	})
	if len(all) <= limit {
		return all
	}
	if q.Get("min_id") != "" { // the ones next to it, still with the newest first
		return all[len(all)-limit:]
	}
	return all[:limit]
}

// before tells whether an id is older than another.
func before(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }

func (s *Server) list(c *call) (int, any) {
	id := c.PathValue("id")
	if s.person(func(p *person) bool { return p.id == id }) == nil {
		return refuse(http.StatusNotFound, "Record not found")
	}
	var own []*Status
	for _, t := range slices.Backward(s.statuses) {
		if t.author == id && !t.deleted {
			own = append(own, t)
		}
	}
	found := []any{}
	for _, t := range page(c, own, func(t *Status) string { return t.ID }, 20, 40) {
		found = append(found, s.seen(t))
	}
	return http.StatusOK, found
}

func (s *Server) show(c *call) (int, any) {
	t := s.visible(c)
	if t == nil {
		return refuse(http.StatusNotFound, "Record not found")
	}
	return http.StatusOK, s.seen(t)
}

// visible is the post that a call names, where its author lets the caller see it.
func (s *Server) visible(c *call) *Status {
	t := s.status(c.PathValue("id"))
	if t == nil || t.Visibility == "direct" && t.author != c.who.id && !slices.Contains(s.mentioned(t.Text), c.who) {
		return nil
	}
	return t
}

func (s *Server) remove(c *call) (int, any) {
	t := s.status(c.PathValue("id"))
	if t == nil || t.author != c.who.id {
		return refuse(http.StatusNotFound, "Record not found")
	}
	seen := s.seen(t)
	t.deleted = true
	return http.StatusOK, seen
}

func (s *Server) context(c *call) (int, any) {
	t := s.visible(c)
	if t == nil {
		return refuse(http.StatusNotFound, "Record not found")
	}
	above, below := []any{}, []any{}
	for up := s.status(t.ReplyTo); up != nil; up = s.status(up.ReplyTo) {
		above = append([]any{s.seen(up)}, above...)
	}
	s.under(t.ID, func(t *Status) { below = append(below, s.seen(t)) })
	return http.StatusOK, map[string]any{"ancestors": above, "descendants": below}
}

// under tells of everything below a post.
func (s *Server) under(id string, tell func(*Status)) {
	for _, t := range s.statuses {
		if t.ReplyTo == id && !t.deleted {
			tell(t)
			s.under(t.ID, tell)
		}
	}
}

func (s *Server) notifications(c *call) (int, any) {
	if kinds := c.URL.Query()["types[]"]; !slices.Equal(kinds, []string{"mention"}) {
		s.t.Errorf("notifications of the kinds %q are asked for", kinds)
	}
	var own []notice
	for _, n := range slices.Backward(s.notices) {
		if n.to == c.who.id && s.status(n.status) != nil {
			own = append(own, n)
		}
	}
	found := []any{}
	for _, n := range page(c, own, func(n notice) string { return n.id }, 40, 80) {
		t := s.status(n.status)
		by := s.person(func(p *person) bool { return p.id == t.author })
		found = append(found, map[string]any{
			"id": n.id, "type": "mention", "created_at": t.At.UTC().Format("2006-01-02T15:04:05.000Z"), "group_key": "ungrouped-" + n.id,
			"account": s.shown(by), "status": s.seen(t),
		})
	}
	return http.StatusOK, found
}
