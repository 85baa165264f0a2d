#!/bin/bash
# Builds the consumer against this package by path, runs it, and looks at what it links.
# With S3_URL (and AWS_* for it) the program that imports TarnS3 runs too.
set -euo pipefail
cd "$(dirname "$0")"
swift build
folder=$(swift build --show-bin-path)
lake=$(mktemp -d)
trap 'rm -rf "$lake"' EXIT

said=$("$folder/LocalLake" "$lake")
expected=$'2 inserted\n1 updated\n1 in Oslo\nt-17 120.0'
[ "$said" = "$expected" ] || { printf 'LocalLake said\n%s\nnot\n%s\n' "$said" "$expected"; exit 1; }

libraries=$(ldd "$folder/LocalLake")
if grep -E 'libcurl|libcrypto|libssl' <<< "$libraries"; then
    echo "a program that imports Tarn alone links the network"
    exit 1
fi
for library in libzstd libsnappy libz; do
    grep -q "$library" <<< "$libraries" || { echo "LocalLake does not link $library: did ldd work?"; exit 1; }
done
grep -q libcurl <<< "$(ldd "$folder/S3Lake")" || { echo "S3Lake does not link libcurl: did ldd work?"; exit 1; }

if [ -n "${S3_URL:-}" ]; then
    said=$("$folder/S3Lake" "$S3_URL")
    [ "$said" = "t-17 Oslo 31.5" ] || { echo "S3Lake said: $said"; exit 1; }
    echo "consumer: Tarn and TarnS3 can be imported, tables local and in $S3_URL"
else
    echo "consumer: Tarn and TarnS3 can be imported"
fi
