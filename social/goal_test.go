package social_test

import (
	"errors"
	"testing"
	"time"

	"peyk/social"
)

// goalWeek is a digest of a week of the cafe with some views and posts; no views: not known.
func goalWeek(t *testing.T, day string, views int64, posts int) social.Digest {
	t.Helper()
	w, err := cafe.WeekOf(day)
	if err != nil {
		t.Fatal(err)
	}
	f := social.Figures{Known: true, Published: posts}
	if views > 0 {
		f.Numbers = []social.Numbers{{Account: 1, Platform: social.Instagram, Reach: social.Figure{Known: true, N: views}}}
	}
	return social.Digest{Brand: cafe, Week: w, Weeks: []social.Figures{f}, Me: planner}
}

func aGoal(t *testing.T, d social.Digest) social.Goal {
	t.Helper()
	g, e, err := d.SetGoal(social.MetricReach, 10_000, cafe.GoalDay(2026, time.December, 21), nil, planned)
	if err != nil || e.Kind != social.GoalSet || e.Facts.Goal.Target != 10_000 {
		t.Fatal(e, err)
	}
	return g
}

// Where a goal should stand lies on the straight way to its number on its day.
func TestGoalProgress(t *testing.T) {
	t.Parallel()
	g := aGoal(t, goalWeek(t, "2026-11-16", 8_000, 0)) // ends on the 23rd, four weeks before
	if !g.Started || g.Start != 8_000 {
		t.Fatalf("it began with %v", g.Start)
	}
	due := goalWeek(t, "2026-11-23", 8_400, 0).Week.To
	part := due.Sub(g.Since).Hours() / g.Due.Sub(g.Since).Hours()
	want := 8_000 + 2_000*part
	for views, ahead := range map[int64]bool{8_400: false, int64(want) + 1: true} {
		p := g.Progress(goalWeek(t, "2026-11-23", views, 0))
		if !p.Known || !p.Course || p.Should != want || p.Ahead != ahead {
			t.Errorf("with %d: %+v, want %v", views, p, want)
		}
	}
	if p := g.Progress(goalWeek(t, "2026-11-23", 0, 3)); p.Known || !p.Course {
		t.Errorf("without a figure: %+v", p)
	}
	late := g.Progress(goalWeek(t, "2027-01-11", 9_000, 0))
	if late.Should != 10_000 {
		t.Errorf("after its day it should stand at %v", late.Should)
	}
}

// Of the time to an answer less is better.
func TestGoalDownwards(t *testing.T) {
	t.Parallel()
	week := func(minutes int) social.Digest {
		d := goalWeek(t, "2026-11-23", 0, 0)
		d.Weeks[0].Answered, d.Weeks[0].Median = 4, time.Duration(minutes)*time.Minute
		return d
	}
	first := week(90)
	first.Week = cafe.Before(first.Week, 1)
	g, _, err := first.SetGoal(social.MetricAnswers, 30, cafe.GoalDay(2026, time.December, 21), nil, planned)
	if err != nil {
		t.Fatal(err)
	}
	if p := g.Progress(week(89)); p.Ahead {
		t.Errorf("hardly faster is ahead: %+v", p)
	}
	if p := g.Progress(week(40)); !p.Ahead {
		t.Errorf("much faster is behind: %+v", p)
	}
	if _, told, _ := g.Look(week(31), planned); told {
		t.Error("31 minutes are reached")
	}
	if e, told, _ := g.Look(week(30), planned); !told || e.Kind != social.GoalMet || g.State != social.GoalReached {
		t.Errorf("30 minutes: %+v", e)
	}
}

// A goal is told once: when it is reached, or when its day has passed. A week that was over
// when it was set says nothing; one that tells where it began is kept.
func TestGoalLook(t *testing.T) {
	t.Parallel()
	first := goalWeek(t, "2026-11-16", 8_000, 0)
	g := aGoal(t, first)
	first.Weeks[0].Numbers[0].Reach.N = 20_000 // corrected since
	if _, told, _ := g.Look(first, planned); told {
		t.Error("a week that was over is told")
	}
	e, told, _ := g.Look(goalWeek(t, "2026-11-23", 10_000, 0), planned)
	if !told || e.Kind != social.GoalMet || e.Actor != 0 || e.Facts.Goal.Now != 10_000 {
		t.Errorf("reached: %+v, %t", e, told)
	}
	if _, told, _ := g.Look(goalWeek(t, "2026-11-30", 11_000, 0), planned); told {
		t.Error("it is told twice")
	}
	missed := aGoal(t, goalWeek(t, "2026-11-16", 8_000, 0))
	if _, told, _ := missed.Look(goalWeek(t, "2026-12-07", 9_000, 0), missed.Due.Add(-time.Second)); told {
		t.Error("on its day it is missed")
	}
	if e, told, _ := missed.Look(goalWeek(t, "2026-12-14", 9_000, 0), missed.Due); !told || e.Kind != social.GoalPassed || missed.State != social.GoalMissed {
		t.Errorf("after its day: %+v, %t", e, told)
	}
	known := goalWeek(t, "2026-11-16", 8_000, 0)
	unknown := social.Digest{Brand: cafe, Week: known.Week, Me: planner, Weeks: []social.Figures{{Known: true}, known.Weeks[0]}}
	late := aGoal(t, unknown)
	if late.Started {
		t.Error("where it began is known")
	}
	if _, told, changed := late.Look(goalWeek(t, "2026-11-23", 8_200, 0), planned); told || !changed || late.Start != 8_200 || !late.Started {
		t.Errorf("the first figure: %+v", late)
	}
}

func TestGoalRefusals(t *testing.T) {
	t.Parallel()
	d := goalWeek(t, "2026-11-16", 8_000, 1)
	day := cafe.GoalDay(2026, time.December, 21)
	client := d
	client.Me = social.Member{Person: social.Person{ID: 4}, Role: social.Approver}
	other := aGoal(t, d)
	tests := map[string]struct {
		d      social.Digest
		metric social.Metric
		target float64
		due    time.Time
		others []social.Goal
		want   error
	}{
		"by a client":            {client, social.MetricReach, 9_000, day, nil, social.ErrForbidden},
		"of what is no goal":     {d, social.MetricClicks, 9_000, day, nil, social.ErrOutdated},
		"nothing":                {d, social.MetricReach, 0, day, nil, social.ErrBadNumber},
		"less than nothing":      {d, social.MetricReach, -3, day, nil, social.ErrBadNumber},
		"300 posts a week":       {d, social.MetricPosts, 300, day, nil, social.ErrBadNumber},
		"of what is not known":   {d, social.MetricFollowers, 50, day, nil, social.ErrGoalWhat},
		"what is there":          {d, social.MetricReach, 8_000, day, nil, social.ErrGoalThere},
		"a second one":           {d, social.MetricReach, 9_000, day, []social.Goal{other}, social.ErrGoalTwice},
		"a sixth one":            {d, social.MetricReach, 9_000, day, make([]social.Goal, 5), social.ErrGoalMany},
		"today":                  {d, social.MetricReach, 9_000, cafe.GoalDay(2026, time.November, 24), nil, social.ErrGoalDate},
		"in more than two years": {d, social.MetricReach, 9_000, cafe.GoalDay(2028, time.December, 24), nil, social.ErrGoalDate},
	}
	for name, c := range tests {
		if _, _, err := c.d.SetGoal(c.metric, c.target, c.due, c.others, planned); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	g := aGoal(t, d)
	if _, err := g.Aim(planner, 7_000); !errors.Is(err, social.ErrGoalThere) || g.Target != 10_000 {
		t.Errorf("less than it began with: %v, %v", err, g.Target)
	}
	if _, err := g.Until(planner, planned, planned); !errors.Is(err, social.ErrGoalDate) || !g.Due.Equal(day) {
		t.Errorf("yesterday: %v, %s", err, g.Due)
	}
	if _, err := g.End(client.Me, planned); !errors.Is(err, social.ErrForbidden) {
		t.Errorf("ended by a client: %v", err)
	}
	if _, err := g.End(planner, planned); err != nil || g.State != social.GoalEnded {
		t.Errorf("ended: %v", err)
	}
	if _, err := g.Aim(planner, 12_000); !errors.Is(err, social.ErrGoalOver) {
		t.Errorf("afterwards: %v", err)
	}
}
