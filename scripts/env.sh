# Sourced by the other scripts: the repository's root, and one build configuration for all of them.
# shellcheck shell=bash

# A command that fails inside $(…) stops the script as well.
shopt -s inherit_errexit

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The program is built without C everywhere, so what is tested is what is shipped.
export CGO_ENABLED=0

# A clone owned by another user (a container that builds as root) is still this clone: without this git, and with it
# Go's version stamp, refuses to read it.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$PWD"

# packages_under lists the packages of a pattern; a folder that is not there has none.
packages_under() { # ./folder/...
	[[ -d "${1%/...}" ]] || return 0
	go list "$1"
}
