package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

// stages lends ordinary stages to one script after another. A program that begins anew
// connects, and plans all that it asks, anew; one that has served others goes on, as it
// does for many agencies, and finds the world as it was when it began.
type stages struct {
	owner *testing.T // the stages end with it

	mu   sync.Mutex
	free []*stage
}

// lend gives a stage on which the program serves and nobody has said anything. It is
// free again when t has ended well.
func (p *stages) lend(t *testing.T) *stage {
	t.Helper()
	s := p.take()
	if s == nil {
		s = makeStage(p.owner, monday)
		s.start(p.owner)
		if _, err := s.db.ExecContext(t.Context(), keepTables); err != nil {
			t.Fatalf("keeping the database as it began: %v", err)
		}
	} else if err := s.clear(t.Context()); err != nil {
		t.Fatalf("clearing a stage: %v", err)
	}
	s.tell(t)
	t.Cleanup(func() {
		if !t.Failed() {
			p.give(s)
		}
	})
	return s
}

func (p *stages) take() *stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) == 0 {
		return nil
	}
	s := p.free[0]
	p.free = p.free[1:]
	return s
}

func (p *stages) give(s *stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, s)
}

// clear gives the stage the database, the world and the time that it began with. The
// program must have come to rest, since it serves on.
func (s *stage) clear(ctx context.Context) error {
	if err := s.rest(ctx); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, giveTablesBack); err != nil {
		return fmt.Errorf("giving the tables back: %w", err)
	}
	s.telegram.Clear()
	s.out.forget()
	s.twice = false
	s.clock.set(monday)
	return nil
}

// rest waits until no job runs or is about to.
func (s *stage) rest(ctx context.Context) error {
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err := s.settle(ctx); err != nil {
			return err
		}
		var jobs int
		if err := s.query(ctx, &jobs, `SELECT count(*) FROM river_job WHERE state IN ('available', 'running')`); err != nil {
			return err
		}
		if jobs == 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d jobs do not end", jobs)
		}
	}
}

// forget empties what was printed, but for the founding link, which is good again.
func (o *output) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if link := foundingLink.FindString(o.buf.String()); link != "" {
		o.buf.Reset()
		o.buf.WriteString(link)
	}
}

// keepTables copies what the program has put into the database at its beginning; the
// queue keeps its own books.
const keepTables = `
	DO $$ DECLARE t text; BEGIN
		CREATE SCHEMA kept;
		FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'river%' LOOP
			EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', t, t);
		END LOOP;
		CREATE TABLE kept.numbers AS
			SELECT format('public.%I', sequencename)::regclass AS id, last_value FROM pg_sequences
			WHERE schemaname = 'public' AND sequencename NOT LIKE 'river%';
	END $$`

// giveTablesBack puts it in the place of what is there, row by row: whoever empties a
// table in another way has all plans made anew. Numbers begin where they began.
const giveTablesBack = `
	DO $$ DECLARE t text; filled boolean; columns text; BEGIN
		SET LOCAL session_replication_role = replica; -- in any order, and no trigger answers
		FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'river%' LOOP
			EXECUTE format('DELETE FROM public.%I', t);
			EXECUTE format('SELECT EXISTS (SELECT FROM kept.%I)', t) INTO filled;
			CONTINUE WHEN NOT filled;
			SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
				WHERE attrelid = format('public.%I', t)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
			EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept.%1$I', t, columns);
		END LOOP;
		DELETE FROM river_job;
		PERFORM setval(id, coalesce(last_value, 1), last_value IS NOT NULL) FROM kept.numbers;
	END $$`
