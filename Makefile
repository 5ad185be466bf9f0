# The commands of this repository. `make check` is the whole of what CI asks before a change lands.

SHELL := /bin/bash

# Two test programs at a time: each may run its own PostgreSQL.
TEST_PROCS       ?= 2
# Packages with a stage of their own; one that does not exist yet is an empty stage.
COMMAND_PACKAGES ?= ./cmd/...
BROWSER_PACKAGES ?= ./internal/web/browsertest/...
HOUSE_PACKAGES   ?= ./internal/house/...

export TEST_PROCS COMMAND_PACKAGES BROWSER_PACKAGES HOUSE_PACKAGES

# `make soak`: how long and how hard, see docs/recipes/run-the-checks.md.
FUZZTIME                 ?= 60s
RAPID_CHECKS             ?= 20000
XIANGZHANG_WALK_STEPS    ?= 100000
XIANGZHANG_CRASH_ROUNDS  ?= 200
SOAK_BENCH_SIZE          ?= 1000000

.PHONY: help check cross soak tools fmt generate screenshots demo clean

help:
	@echo 'make check      everything CI asks: installs what is missing (as root), checks, tests'
	@echo 'make cross      the binaries for linux, windows and loong64 in bin/, with a limit on their size'
	@echo 'make soak       fuzzing, long walks, crash rounds, a large bench: hours'
	@echo 'make demo       the invented county on http://127.0.0.1:8080'
	@echo 'make fmt        gofmt over every file'
	@echo 'make generate   go generate'
	@echo 'make screenshots  the pictures of the README'
	@echo 'make tools      installs what the tests need from Debian'
	@echo 'make clean      removes bin/ (never data/)'

check:
	@bash scripts/check.sh

cross:
	@bash scripts/cross.sh

soak:
	@FUZZTIME='$(FUZZTIME)' RAPID_CHECKS='$(RAPID_CHECKS)' SOAK_BENCH_SIZE='$(SOAK_BENCH_SIZE)' \
	XIANGZHANG_WALK_STEPS='$(XIANGZHANG_WALK_STEPS)' XIANGZHANG_CRASH_ROUNDS='$(XIANGZHANG_CRASH_ROUNDS)' \
	bash scripts/soak.sh

tools:
	@bash scripts/check.sh deps

fmt:
	gofmt -l -w cmd internal

generate:
	go generate ./...

screenshots:
	@bash scripts/screenshots.sh

demo:
	go run ./cmd/xiangzhang demo

clean:
	rm -rf bin
