"""Reads Parquet files that Tarn wrote with pyarrow and DuckDB, and compares them with the rows that went in.

    compare_parquet.py FOLDER      every NAME.parquet with its rows in NAME.ndjson: one line a row, one cell a column, null
                                   or [kind, value]; floats as hexadecimal bits, text as hexadecimal bytes

Also verifies page checksums (pyarrow does), that the statistics bound the data, exactly where they say so, and that DuckDB
finds what it filters for, which it looks up in statistics and bloom filters.
"""
import decimal
import glob
import json
import math
import struct
import sys

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

decimal.getcontext().prec = 60


def cell(scalar):
    """A pyarrow scalar in the form of the .ndjson file."""
    if not scalar.is_valid:
        return None
    t = scalar.type
    if pa.types.is_boolean(t):
        return ["b", scalar.as_py()]
    if pa.types.is_float32(t):
        return ["f", struct.pack(">f", scalar.as_py()).hex() if not math.isnan(scalar.as_py()) else "nan"]
    if pa.types.is_float64(t):
        return ["f", struct.pack(">d", scalar.as_py()).hex() if not math.isnan(scalar.as_py()) else "nan"]
    if pa.types.is_decimal(t):
        return ["d", str(int(scalar.as_py().scaleb(t.scale)))]
    if pa.types.is_string(t) or pa.types.is_binary(t):
        buffer = scalar.as_buffer()
        return ["t", buffer.to_pybytes().hex() if buffer else ""]
    if pa.types.is_map(t):
        return ["m", [[cell(e["key"]), cell(e["value"])] for e in scalar.values or []]]
    if pa.types.is_list(t):
        return ["l", [cell(e) for e in scalar.values or []]]
    if pa.types.is_struct(t):
        return ["s", [cell(scalar[i]) for i in range(len(t))]]
    return ["i", str(scalar.value if hasattr(scalar, "value") else scalar.as_py())]


def check_values(name, table, expected):
    assert table.num_rows == len(expected), f"{name}: {table.num_rows} rows, not {len(expected)}"
    for i, column in enumerate(table.column_names):
        for row, value in enumerate(table.column(i)):
            got = cell(value)
            assert got == expected[row][i], f"{name}: column {column} row {row}: {got}, not {expected[row][i]}"


def check_statistics(name, file):
    bounded = 0
    for g in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(g)
        for c in range(group.num_columns):
            chunk = group.column(c)
            path = chunk.path_in_schema
            s = chunk.statistics
            assert s is not None and s.has_null_count, f"{name}: {path} has no statistics"
            assert chunk.has_column_index <= chunk.has_offset_index, f"{name}: {path} has half an index"
            if "." in path:
                continue
            data = file.read_row_group(g, columns=[path]).column(0)
            assert s.null_count == data.null_count, f"{name}: {path}: {s.null_count} nulls, not {data.null_count}"
            # Dates and times as numbers: Python's own types end at the year 9999.
            if pa.types.is_temporal(data.type):
                values = [v.value for v in data if v.is_valid]
            else:
                values = [v for v in data.to_pylist() if v is not None and v == v]
            if not s.has_min_max:
                longest = max((v for v in values), default=b"") if values and isinstance(values[0], (str, bytes)) else b""
                assert not values or len(longest) > 16, f"{name}: {path} has no bounds but values"
                continue
            bounded += 1
            low, high = (s.min_raw, s.max_raw) if pa.types.is_temporal(data.type) else (s.min, s.max)
            key = (lambda v: v.encode()) if values and isinstance(values[0], str) else (lambda v: v)
            assert key(low) <= min(map(key, values)) and key(high) >= max(map(key, values)), f"{name}: {path}: {low} {high}"
            # Only texts of more than 64 bytes are cut.
            short = lambda v: not isinstance(v, (str, bytes)) or len(key(v)) <= 64
            least, greatest = min(values, key=key), max(values, key=key)
            assert low == least or not short(least), f"{name}: {path}: minimum {low}, not {least}"
            assert high == greatest or not short(greatest), f"{name}: {path}: maximum {high}, not {greatest}"
            if isinstance(low, float):
                assert low != 0 or math.copysign(1, low) < 0, f"{name}: {path}: lower bound +0"
                assert high != 0 or math.copysign(1, high) > 0, f"{name}: {path}: upper bound -0"
    return bounded


def has_map(t):
    if pa.types.is_map(t):
        return True
    return any(has_map(t.field(i).type) for i in range(t.num_fields))


def has_temporal(t):
    if pa.types.is_temporal(t):
        return True
    return any(has_temporal(t.field(i).type) for i in range(t.num_fields))


def plain(value):
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def split_decimals(file):
    """Columns with decimals in BYTE_STREAM_SPLIT, which DuckDB 2.0 reads of numbers only."""
    chunks = [file.metadata.row_group(g).column(c) for g in range(file.metadata.num_row_groups) for c in range(file.metadata.num_columns)]
    split = [c for c in chunks if "BYTE_STREAM_SPLIT" in c.encodings and c.physical_type == "FIXED_LEN_BYTE_ARRAY"]
    return {c.path_in_schema.split(".")[0] for c in split}


def check_duckdb(name, path, table, unread):
    # DuckDB takes no map with a key twice; and its times and timestamps as Python values lose what Python cannot hold.
    skipped = lambda t: has_map(t) or has_temporal(t)
    columns = [f.name for f in table.schema if not skipped(f.type) and f.name not in unread]
    if not columns:
        return
    listed = ", ".join(f'"{c}"' for c in columns)
    rows = duckdb.sql(f"select {listed} from read_parquet('{path}')").fetchall()
    assert len(rows) == table.num_rows, f"{name}: DuckDB reads {len(rows)} rows"
    for i, column in enumerate(columns):
        got = [plain(r[i]) for r in rows]
        assert got == [plain(v) for v in table[column].to_pylist()], f"{name}: DuckDB differs in {column}"
    for column in columns:
        t = table.schema.field(column).type
        if not (pa.types.is_integer(t) or pa.types.is_string(t) or pa.types.is_binary(t) or pa.types.is_decimal(t)) or not rows:
            continue
        values = [v for v in table[column].to_pylist() if v is not None]
        for v in values[:1] + values[-1:]:
            got = duckdb.execute(f"select count(*) from read_parquet('{path}') where \"{column}\" = ?", [v]).fetchall()[0][0]
            assert got == values.count(v), f"{name}: DuckDB finds {v!r} {got} times in {column}, not {values.count(v)} times"
    for f in table.schema:
        if pa.types.is_temporal(f.type):
            duckdb.sql(f"select max(\"{f.name}\") from read_parquet('{path}')")


def main(folder):
    files = sorted(glob.glob(folder + "/*.parquet"))
    assert files, "no files"
    bounded = 0
    for path in files:
        name = path.rsplit("/", 1)[1]
        with open(path.replace(".parquet", ".ndjson")) as lines:
            expected = [json.loads(line) for line in lines]
        file = pq.ParquetFile(path, page_checksum_verification=True)
        table = file.read()
        table.validate(full=True)
        check_values(name, table, expected)
        bounded += check_statistics(name, file)
        check_duckdb(name, path, table, split_decimals(file))
        assert file.metadata.created_by.startswith("tarn version")
    print(f"{len(files)} files, {bounded} chunks with bounds")


main(sys.argv[1])
