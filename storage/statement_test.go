package storage_test

import (
	"database/sql"
	"testing"

	"peyk/storage"
	"peyk/storage/storagetest"
)

// What is asked again is prepared, and a migration that changes what it reads only
// costs another try.
func TestStatementsOutliveMigrations(t *testing.T) {
	t.Parallel()
	dsn := storagetest.New(t)
	s, err := storage.Open(t.Context(), dsn, t.TempDir())
	check(t, err)
	defer s.Close()
	admin, err := sql.Open("postgres", dsn)
	check(t, err)
	defer admin.Close()
	change := func(text string) {
		t.Helper()
		_, err := admin.ExecContext(t.Context(), text)
		check(t, err)
	}
	ask := func() (columns, prepared int) {
		t.Helper()
		check(t, s.Across(t.Context(), func(tx *storage.Tx) error {
			row := map[string]any{}
			if err := tx.QueryRowxContext(t.Context(), `SELECT * FROM trial WHERE id = $1`, 1).MapScan(row); err != nil {
				return err
			}
			columns = len(row)
			return tx.GetContext(t.Context(), &prepared, `SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%trial%'`)
		}))
		return columns, prepared
	}
	change(`CREATE TABLE trial (id int); INSERT INTO trial VALUES (1); GRANT SELECT ON trial TO peyk_clock`)
	for want := range 2 { // the first asking prepares nothing
		if columns, prepared := ask(); columns != 1 || prepared != want {
			t.Errorf("asked %d times before: %d columns, %d statements", want, columns, prepared)
		}
	}
	ask()
	change(`ALTER TABLE trial ADD COLUMN more int`)
	if columns, _ := ask(); columns != 2 {
		t.Errorf("%d columns after the migration", columns)
	}
}
