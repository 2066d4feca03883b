package main

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"
)

// A touch counts the rows of each table that were written, so that only the tables
// that somebody wrote to are compared and put back. A counter never goes back, not
// even with a transaction that is broken off: a table that was written to is always
// looked at.
type touch struct {
	counts *sql.Stmt            // asks for every counter
	sums   map[string]*sql.Stmt // asks for the checksum of one table
	seen   []int64              // the counters when the tables were compared last
	dirty  []bool               // the tables that were written to since they were put back
}

// watchTables has every table counted. What the test itself puts back is not: triggers
// are off meanwhile.
func (m *matrix) watchTables(t *testing.T) {
	t.Helper()
	m.exec(t, `
		CREATE FUNCTION snap.touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
		BEGIN PERFORM nextval('snap.touches_of_' || TG_TABLE_NAME); RETURN NULL; END $$`)
	counts := make([]string, len(m.tables))
	for i, table := range m.tables {
		m.exec(t, fmt.Sprintf(`
			CREATE SEQUENCE snap.touches_of_%[1]s;
			SELECT nextval('snap.touches_of_%[1]s');
			CREATE TRIGGER touched AFTER INSERT OR UPDATE OR DELETE ON %[1]s FOR EACH ROW EXECUTE FUNCTION snap.touched()`, table))
		counts[i] = `(SELECT last_value FROM snap.touches_of_` + table + `)`
	}
	m.touch = touch{
		counts: m.prepare(t, `SELECT ARRAY[`+strings.Join(counts, ", ")+`]`),
		sums:   map[string]*sql.Stmt{}, dirty: make([]bool, len(m.tables)),
	}
	for _, table := range m.tables {
		m.touch.sums[table] = m.prepare(t, `SELECT `+checksumOf(table))
	}
	m.touch.seen = m.counters(t)
	for _, table := range m.tables {
		m.base = append(m.base, m.checksum(t, table))
	}
}

func (m *matrix) prepare(t *testing.T, query string) *sql.Stmt {
	t.Helper()
	stmt, err := m.db.PrepareContext(t.Context(), query)
	must(t, err)
	t.Cleanup(func() { _ = stmt.Close() })
	return stmt
}

func (m *matrix) counters(t *testing.T) []int64 {
	t.Helper()
	var counts []int64
	must(t, m.touch.counts.QueryRowContext(t.Context()).Scan(pq.Array(&counts)))
	return counts
}

func (m *matrix) checksum(t *testing.T, table string) string {
	t.Helper()
	var sum string
	must(t, m.touch.sums[table].QueryRowContext(t.Context()).Scan(&sum))
	return sum
}

// checksums are of everything that a deed may change, one a table. What nobody wrote to
// since it was as at the beginning is so still.
func (m *matrix) checksums(t *testing.T) []string {
	t.Helper()
	counts, sums := m.counters(t), slices.Clone(m.base)
	for i, table := range m.tables {
		if counts[i] == m.touch.seen[i] {
			continue
		}
		m.touch.dirty[i] = true
		if summed(table) {
			sums[i] = m.checksum(t, table)
		}
	}
	m.touch.seen = counts
	return sums
}

// reset puts every table back that is not as it was, or may not be.
func (m *matrix) reset(t *testing.T, now []string) {
	t.Helper()
	var all strings.Builder
	var back []int
	all.WriteString(`BEGIN; SET LOCAL session_replication_role = replica; DELETE FROM river_job WHERE state <> 'running';`)
	for i, table := range m.tables {
		if m.touch.dirty[i] && (now[i] != m.base[i] || !summed(table) || table == "events") {
			fmt.Fprintf(&all, `DELETE FROM public.%[1]s; INSERT INTO public.%[1]s OVERRIDING SYSTEM VALUE SELECT * FROM snap.%[1]s;`, table)
			back = append(back, i)
		}
	}
	m.exec(t, all.String()+`COMMIT`)
	for _, i := range back {
		m.touch.dirty[i] = false
		if summed(m.tables[i]) && m.checksum(t, m.tables[i]) != m.base[i] {
			t.Fatalf("the beginning of %s could not be brought back", m.tables[i])
		}
	}
}
