#!/usr/bin/env bash
# The pictures of the README, docs/pictures/*.png, made anew from the invented county. They are replaced only where all
# of them were made.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
XIANGZHANG_SCREENSHOTS=$made go test ./internal/web/browsertest -count=1 -run '^TestPictures$'
mkdir -p docs/pictures
install -m 644 "$made"/*.png docs/pictures/
ls -l docs/pictures
