#!/usr/bin/env bash
# The long tests, for a night or a release: fuzzing, properties, walks, crash rounds, a bench at full size.
# What each variable does is told in docs/recipes/run-the-checks.md.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

: "${FUZZTIME:=60s}"
: "${RAPID_CHECKS:=20000}"
: "${SOAK_BENCH_SIZE:=1000000}"
export XIANGZHANG_WALK_STEPS=${XIANGZHANG_WALK_STEPS:-100000}
export XIANGZHANG_CRASH_ROUNDS=${XIANGZHANG_CRASH_ROUNDS:-200}

bash scripts/check.sh deps

echo "== fuzz, $FUZZTIME each"
while IFS=: read -r file _ declaration; do
	name=${declaration#func }
	name=${name%%(*}
	echo "-- ${file%/*} $name"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$FUZZTIME" "./${file%/*}" </dev/null
done < <(git grep -n -E '^func Fuzz[A-Z][A-Za-z0-9_]*\(' -- '*_test.go')

echo "== properties, $RAPID_CHECKS checks each"
# Only packages that use rapid know its flag.
uses_rapid='{{range .TestImports}}{{if eq . "pgregory.net/rapid"}}{{$.ImportPath}}{{end}}{{end}}'
uses_rapid+='{{range .XTestImports}}{{if eq . "pgregory.net/rapid"}} {{$.ImportPath}}{{end}}{{end}}'
packages=$(go list -f "$uses_rapid" ./... | tr ' ' '\n' | sort -u | grep . || true)
for package in $packages; do
	go test -count=1 -timeout 4h "$package" -rapid.checks="$RAPID_CHECKS"
done

echo "== walks of $XIANGZHANG_WALK_STEPS steps, $XIANGZHANG_CRASH_ROUNDS crash rounds"
go test -count=1 -p 1 -timeout 12h -run 'Walk|Crash' ./...

echo "== bench, $SOAK_BENCH_SIZE vouchers"
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
go run ./cmd/xiangzhang bench post --size "$SOAK_BENCH_SIZE" --data "$data" --format json
