#!/usr/bin/env bash
# The binaries that are handed out, one per system, into bin/. A township downloads one over a slow line, so the
# size is a promise: the linux/amd64 binary stays under MAX_MB.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

TARGETS=(linux/amd64 windows/amd64 linux/arm64 linux/loong64)
MAX_MB=60

mkdir -p bin
printf '%-16s %8s  %s\n' target MB file
for target in "${TARGETS[@]}"; do
	os=${target%/*} arch=${target#*/}
	out=bin/xiangzhang-$os-$arch
	[[ $os == windows ]] && out+=.exe
	GOOS=$os GOARCH=$arch go build -trimpath -ldflags '-s -w' -o "$out" ./cmd/xiangzhang
	bytes=$(stat -c %s "$out")
	printf '%-16s %6d.%d  %s\n' "$target" $((bytes / 1000000)) $((bytes % 1000000 / 100000)) "$out"
	if [[ $target == linux/amd64 && $bytes -gt $((MAX_MB * 1000000)) ]]; then
		echo "the $target binary has $bytes bytes, more than $MAX_MB MB: what was embedded or imported?" >&2
		exit 1
	fi
done
