# Short names for what .ci/run and people do. The recipes are the documentation.

.PHONY: all test lint fuzz bench browser bluesky crash drops ci run settings screens

all: lint test

run:
	go run .

# The whole suite; it starts a PostgreSQL of its own.
test:
	GORACE=atexit_sleep_ms=10 go test -race -timeout 20m ./...

lint:
	test -z "$$(gofmt -l $$(git ls-files '*.go') | tee /dev/stderr)"
	go vet ./...
	go tool -modfile=tools/go.mod golangci-lint run ./...

# Each fuzz target for FUZZTIME; what is found is kept in testdata/fuzz.
FUZZTIME ?= 30s
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' . | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$$file"); do \
			echo "== $$(dirname "$$file") $$name"; \
			go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
		done; \
	done

# Starts, kills and keeps whole demos, and clicks through the page of phones in Chromium, in both languages.
browser:
	go test -tags browser -count=1 -run 'TestTour|TestDemo$$|TestDemoShown' .

# Tries the connector of Bluesky against a Bluesky network on this machine.
bluesky:
	tools/bluesky/run -v

# Kills the program at each named point, with one process and with two.
crash:
	go test -tags crash -run TestCrashes -parallel 6 -timeout 30m .

# How often the test for drops is wrong and right, on 4,000 made-up brands of each kind (docs/decisions/0013-drops.md).
drops:
	go test -count=1 -run TestDropsAreFoundAndNotInvented -v ./social -drop.brands 4000

bench:
	go test -run '^$$' -bench . -benchmem ./...

# Writes the tables of settings in the READMEs anew.
settings:
	go test -run TestSettingsTable -update .

# Writes docs/screens.md anew from the conversations of testdata/scripts.
screens:
	go test -count=1 -run '^TestScripts$$' . -update-screens

ci:
	.ci/run
