#!/bin/bash
# Fuzzes everything of TarnParquet that reads bytes, with libFuzzer and the address sanitizer:
#
#     fuzz.sh [SECONDS]       60 by default. A finding is left in .build-fuzz as crash-…, timeout-… or oom-…, and the exit code
#                             is not 0; `.build-fuzz/fuzz FILE` repeats it. FUZZ_LENGTH is the longest input (40,000 bytes)
#     fuzz.sh --keep          packs the smallest set of inputs that reaches all that the corpus reaches into Fixtures/fuzz
#
# Starts from Fixtures/fuzz/parquet.corpus, from Fixtures/parquet, from what pyarrow writes (seeds.py; TARN_PYTHON names the
# Python), and from what earlier runs left in .build-fuzz/corpus. Compiles the modules by hand: every one must be instrumented,
# and a package that others depend on must not have such flags. Unit tests read the kept inputs once more, without libFuzzer.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=.build-fuzz
kept=Fixtures/fuzz/parquet.corpus
python="${TARN_PYTHON:-.venv/bin/python}"
mkdir -p $work/corpus $work/seeds
features=(-enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility -enable-upcoming-feature InternalImportsByDefault)
includes=(); for library in CZstd CSnappy CZlib CDeflate CGlibcExtra; do includes+=(-I "Sources/$library"); done
flags=(-O -D FUZZING -wmo -parse-as-library -sanitize=fuzzer,address -swift-version 6 -package-name fuzz "${features[@]}" "${includes[@]}" -I $work)

if [ ! -x $work/fuzz ] || [ -n "$(find Sources/TarnBase Sources/TarnColumns Sources/TarnParquet Tests/Fuzz -newer $work/fuzz -name '*.swift' -print -quit)" ]; then
    for module in Sources/TarnBase Sources/TarnColumns Sources/TarnParquet Tests/Fuzz/ParquetFuzzing; do
        name="$(basename $module)"
        mapfile -t files < <(find $module -name '*.swift' | sort)
        swiftc "${flags[@]}" -module-name "$name" -emit-module -emit-module-path "$work/$name.swiftmodule" -c "${files[@]}" -o "$work/$name.o"
    done
    # The entry sees what is `package` in the others.
    swiftc "${flags[@]}" -module-name Fuzz -emit-executable Tests/Fuzz/EntryPoint.swift $work/*.o -lzstd -lsnappy -lz -ldeflate -o $work/fuzz
fi

# Whole files are part 0, their footers part 1, what begins with a page header part 2.
for file in Fixtures/parquet/*.parquet; do
    name="$work/seeds/$(basename "$file")"
    length=$(tail -c 8 "$file" | od -An -tu4 -N4 | tr -d ' ')
    { printf '\0'; cat "$file"; } > "$name"
    { printf '\1'; tail -c $((length + 8)) "$file" | head -c "$length"; } > "$name.footer"
    { printf '\2'; tail -c +5 "$file" | head -c 100; } > "$name.page"
done
"$python" Tests/Fuzz/seeds.py $work/seeds
[ ! -f $kept ] || "$python" Tests/Fuzz/corpus.py unpack $kept $work/seeds
limits=(-timeout=10 -rss_limit_mb=1500 -malloc_limit_mb=256 -max_len=${FUZZ_LENGTH:-40000} -artifact_prefix=$work/)
export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no
if [ "${1:-}" = --keep ]; then
    rm -rf $work/smallest
    mkdir -p $work/smallest "$(dirname $kept)"
    $work/fuzz -merge=1 "${limits[@]}" $work/smallest $work/seeds $work/corpus
    exec "$python" Tests/Fuzz/corpus.py pack $work/smallest $kept
fi
exec $work/fuzz "${limits[@]}" -max_total_time="${1:-60}" -print_final_stats=1 $work/corpus $work/seeds
