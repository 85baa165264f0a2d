# Two commands on a fresh machine: `make demo` runs the main job, `make test` the tests.

SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c

LIBRARIES := libzstd-dev libsnappy-dev zlib1g-dev libdeflate-dev libcurl4-openssl-dev libssl-dev
PYTHON := .venv/bin/python
export TARN_SHARED ?= ../shared

.PHONY: help demo test bench bench-suites golden libraries build python bench-python format clean

help:
	@echo "make demo    builds and runs the main job on sample events; leaves the table in .demo/"
	echo "make test    builds and runs all tests (TARN_SLOW=1 for the long ones)"
	echo "make bench   Tarn beside other engines, in three minutes after its set-up (needs TARN_SHARED)"
	echo "make bench-suites  encodings, scans, writes and copies of Parquet beside the limits of this machine (needs TARN_SHARED)"
	echo "make golden  tarn and tablecheck over all shared golden tables of version 6 and Parquet files (needs TARN_SHARED)"
	echo "make format  formats the sources"
	echo "make clean   removes everything that was built"

demo: build
	@Fixtures/events/demo.sh

test: libraries python
	@swift build -c release --build-tests --explicit-target-dependency-import-check error
	Tests/with_s3_server.sh ministack swift test -c release --skip-build
	if [ -n "$${TARN_SLOW:-}" ]; then
		Tests/with_s3_server.sh ceph swift test -c release --skip-build --filter 'ServerTests|S3TableTests|S3WriterTests'
	fi
	Tests/Consumer/check.sh

bench: libraries bench-python
	@echo "building (release; a few minutes the first time)"
	for program in TarnBench SmallFiles Compaction; do swift build -c release --product $$program; done
	export TARN_BENCH="$$PWD/.build/release/TarnBench" TARN_BENCH_PYTHON="$$PWD/.venv-bench/bin/python" PYTHONDONTWRITEBYTECODE=1
	.venv-bench/bin/python Benchmarks/picture.py --setup
	.venv-bench/bin/python Benchmarks/picture.py

bench-suites: libraries bench-python
	@swift build -c release --product Suites
	PYTHONDONTWRITEBYTECODE=1 .venv-bench/bin/python Benchmarks/suites.py

# The peers, in a Python of their own.
bench-python:
	@test -d "$(TARN_SHARED)/bench" || { echo "make bench needs the shared folder: set TARN_SHARED"; exit 2; }
	if ! cmp -s "$(TARN_SHARED)/bench/requirements.txt" .venv-bench/installed; then
		python3 -m venv .venv-bench
		.venv-bench/bin/python -m pip install -q --disable-pip-version-check -r "$(TARN_SHARED)/bench/requirements.txt"
		cp "$(TARN_SHARED)/bench/requirements.txt" .venv-bench/installed
	fi

golden: build python
	@test -d "$(TARN_SHARED)/golden" || { echo "make golden needs the shared folder: set TARN_SHARED"; exit 2; }
	Tests/GoldenTests/check_answers.sh
	Tests/GoldenTests/check_sound_tables.sh
	$(PYTHON) Tests/GoldenTests/check_parquet_files.py "$$(swift build -c release --show-bin-path)/tarn" "$(TARN_SHARED)/parquet-testing"

# What is missing is installed; where nothing is missing nothing is asked of apt.
libraries:
	@missing=""
	for library in $(LIBRARIES); do dpkg -s $$library >/dev/null 2>&1 || missing="$$missing $$library"; done
	if [ -n "$$missing" ]; then
		echo "installing$$missing"
		sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo
		$$sudo apt-get update -qq
		$$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null
	fi

build: libraries
	@echo "building (release; a few minutes the first time)"
	swift build -c release --product tarn
	swift build -c release --product tablecheck

# The interop tests read our tables with other engines.
python:
	@if ! [ -x $(PYTHON) ] || ! cmp -s Tests/InteropTests/requirements.txt .venv/installed; then
		python3 -m venv .venv 2>/dev/null || {
			sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo
			$$sudo apt-get update -qq && $$sudo apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
			python3 -m venv .venv; }
		$(PYTHON) -m pip install -q --disable-pip-version-check -r Tests/InteropTests/requirements.txt
		cp Tests/InteropTests/requirements.txt .venv/installed
	fi

format:
	@swift format format --in-place --recursive Sources Tests Package.swift

clean:
	@rm -rf .build .demo .venv .venv-bench
