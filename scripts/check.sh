#!/usr/bin/env bash
# Everything that a change must pass, in stages that are timed; the first failure stops, the times are printed anyway.
#
#   scripts/check.sh               all stages
#   scripts/check.sh vet unit      only these
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

STAGES=(deps format vet house staticcheck build generate unit postgres commands browser)

: "${TEST_PROCS:=2}"
: "${COMMAND_PACKAGES:=./cmd/...}"
: "${BROWSER_PACKAGES:=./internal/web/browsertest/...}"
: "${HOUSE_PACKAGES:=./internal/house/...}"

# --- what the tests need from the machine -------------------------------------------------------------------------

postgres_found() {
	command -v initdb >/dev/null && return
	compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}
hledger_found() { command -v hledger >/dev/null; }
chromium_found() {
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}
poppler_found() { command -v pdftoppm >/dev/null && command -v pdftotext >/dev/null && command -v pdfinfo >/dev/null; }
cjk_font_found() { command -v fc-list >/dev/null && [[ -n "$(fc-list :lang=zh)" ]]; }

# missing prints the Debian package of each need that is not met, one a line.
missing() {
	postgres_found || echo postgresql
	hledger_found || echo hledger
	chromium_found || echo chromium
	poppler_found || echo poppler-utils
	cjk_font_found || echo 'fontconfig fonts-noto-cjk'
}

stage_deps() {
	local wanted
	wanted=$(missing | tr '\n' ' ')
	if [[ -n "$wanted" ]]; then
		if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
			echo "missing: $wanted" >&2
			echo "No test is left out, so please install them: apt-get install $wanted" >&2
			return 1
		fi
		echo "installing: $wanted"
		local apt=(apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -q -y)
		export DEBIAN_FRONTEND=noninteractive
		"${apt[@]}" update
		# shellcheck disable=SC2086 # a list of package names
		"${apt[@]}" install --no-install-recommends $wanted
		wanted=$(missing | tr '\n' ' ')
		if [[ -n "$wanted" ]]; then
			echo "installed, but still not found: $wanted" >&2
			return 1
		fi
	fi
	go mod download
	go version
}

# --- the source -----------------------------------------------------------------------------------------------------

stage_format() {
	local files=() file unformatted
	# Files not added yet count as well: they are about to be committed.
	while IFS= read -r -d '' file; do
		[[ -f "$file" ]] && files+=("$file")
	done < <(git ls-files -z --cached --others --exclude-standard -- '*.go')
	if [[ ${#files[@]} -eq 0 ]]; then
		echo 'no Go file found: is this a git checkout?' >&2
		return 1
	fi
	unformatted=$(gofmt -l "${files[@]}")
	if [[ -n "$unformatted" ]]; then
		echo 'not formatted (make fmt):' >&2
		echo "$unformatted" >&2
		return 1
	fi
	local script
	for script in scripts/*.sh .ci/run; do bash -n "$script"; done
}

stage_vet() { go vet ./...; }

stage_house() { go test -count=1 "$HOUSE_PACKAGES"; }

stage_staticcheck() { go tool staticcheck ./...; }

# stage_build compiles for this machine; the other systems are `make cross`.
stage_build() { go build ./...; }

# stage_generate holds that generated files are what their sources say.
stage_generate() {
	if ! git grep -q '^//go:generate' -- '*.go'; then
		echo 'nothing to generate'
		return
	fi
	local before after
	before=$(git status --porcelain; git diff | sha256sum)
	go generate ./...
	after=$(git status --porcelain; git diff | sha256sum)
	if [[ "$before" != "$after" ]]; then
		echo 'go generate changed files: commit what it makes' >&2
		git --no-pager diff --stat >&2
		return 1
	fi
}

# --- the tests --------------------------------------------------------------------------------------------------------

run_tests() { # PACKAGES, one a line
	if [[ -z "$1" ]]; then
		echo 'NO PACKAGES: nothing was tested here' # seen by whoever reads the log of a stage that has lost its folder
		return
	fi
	# shellcheck disable=SC2086 # a list of import paths
	go test -p "$TEST_PROCS" -timeout 12m $1
}

# stage_unit runs everything without a stage of its own, the recorded inputs of the fuzz targets included.
stage_unit() {
	local apart all
	apart=$(packages_under "$COMMAND_PACKAGES"; packages_under "$BROWSER_PACKAGES"; packages_under "$HOUSE_PACKAGES")
	all=$(go list ./...)
	XIANGZHANG_ENGINE=sqlite run_tests "$(grep -v -x -F -f <(echo "$apart") <<<"$all" || true)"
}

# stage_postgres runs the packages whose tests keep a database once more, on PostgreSQL.
stage_postgres() {
	local apart kept
	apart=$(packages_under "$BROWSER_PACKAGES")
	kept=$(git grep -l -E 'storetest\.(Each|One)\(|webtest\.New\(' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|' | xargs go list)
	XIANGZHANG_ENGINE=postgres run_tests "$(grep -v -x -F -f <(echo "$apart") <<<"$kept" || true)"
}

stage_commands() { run_tests "$(packages_under "$COMMAND_PACKAGES")"; }

stage_browser() { run_tests "$(packages_under "$BROWSER_PACKAGES")"; }

# --- running and timing ---------------------------------------------------------------------------------------------

times=()
current=''
began=$SECONDS

record() { # OUTCOME
	local seconds=$((SECONDS - began))
	times+=("$(printf '%-12s %3d.%d  %s' "$current" $((seconds / 60)) $((seconds % 60 / 6)) "$1")")
	current=''
}

report() {
	local status=$?
	[[ -n "$current" ]] && record failed
	printf '\n%-12s %s\n' stage minutes
	printf '%s\n' "${times[@]}"
	printf '%-12s %3d.%d  %s\n' total $((SECONDS / 60)) $((SECONDS % 60 / 6)) \
		"$([[ $status -eq 0 ]] && echo 'all passed' || echo "exit $status")"
	exit "$status"
}
trap report EXIT

[[ $# -gt 0 ]] && STAGES=("$@")
for stage in "${STAGES[@]}"; do
	if ! declare -F "stage_$stage" >/dev/null; then
		echo "no stage named $stage" >&2
		exit 2
	fi
	printf '\n== %s\n' "$stage"
	current=$stage began=$SECONDS
	# Not in a condition: bash would switch errexit off inside the function.
	"stage_$stage"
	record passed
done
