#!/bin/bash
# Fuzzes everything of TarnParquet that reads bytes, with libFuzzer and the address sanitizer:
#
#     Tests/Fuzz/fuzz.sh [SECONDS]        60 by default; FUZZ_DIR keeps build and corpus (a temporary folder); FUZZ_LENGTH is the longest input
#
# Compiles the three modules by hand, since every one of them must be instrumented. Starts from Fixtures/parquet and
# Fixtures/fuzz; a finding is left in FUZZ_DIR as crash-…, timeout-… or oom-…, and the exit code is not 0.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"
work="${FUZZ_DIR:-$(mktemp -d)}"
mkdir -p "$work/corpus"
features=(-enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature InternalImportsByDefault)
includes=(); for library in CZstd CSnappy CZlib CGlibcExtra; do includes+=(-I "Sources/$library"); done
flags=(-O -wmo -parse-as-library -sanitize=fuzzer,address -swift-version 6 -package-name fuzz "${features[@]}" "${includes[@]}" -I "$work")

if [ ! -x "$work/fuzz" ] || [ -n "$(find Sources/TarnBase Sources/TarnColumns Sources/TarnParquet Tests/Fuzz -newer "$work/fuzz" -name '*.swift' -print -quit)" ]; then
    for module in TarnBase TarnColumns TarnParquet; do
        mapfile -t files < <(find "Sources/$module" -name '*.swift' | sort)
        swiftc "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$work/$module.swiftmodule" -c "${files[@]}" -o "$work/$module.o"
    done
    swiftc "${flags[@]}" -module-name Fuzz -emit-executable Tests/Fuzz/ParquetFuzz.swift "$work"/Tarn*.o -lzstd -lsnappy -lz -o "$work/fuzz"
fi

# Whole files are part 0, their footers part 1, what begins with a page header part 2.
for file in Fixtures/parquet/*.parquet; do
    name="$work/corpus/$(basename "$file")"
    length=$(tail -c 8 "$file" | od -An -tu4 -N4 | tr -d ' ')
    { printf '\0'; cat "$file"; } > "$name"
    { printf '\1'; tail -c $((length + 8)) "$file" | head -c "$length"; } > "$name.footer"
    { printf '\2'; tail -c +5 "$file" | head -c 100; } > "$name.page"
done
cp Fixtures/fuzz/* "$work/corpus/" 2>/dev/null || true
cd "$work"
ASAN_OPTIONS=detect_leaks=0 ./fuzz corpus -max_total_time="${1:-60}" -timeout=10 -rss_limit_mb=1500 -malloc_limit_mb=256 -max_len="${FUZZ_LENGTH:-40000}" -print_final_stats=1
