"""Compares what `tarn query FILE --format ndjson` prints with an Arrow table, value by value."""

import base64
import decimal
import json
import re
import subprocess

import numpy
import pyarrow as pa


class Members(list):
    """The members of a JSON object, in order, names that occur twice among them."""


def days(year, month, day):
    """Days since 1970-01-01 of the proleptic Gregorian calendar, for any year."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def date(text):
    year, month, day = re.fullmatch(r"([+-]?\d{4,})-(\d\d)-(\d\d)", text).groups()
    return days(int(year), int(month), int(day))


def clock(text, digits):
    hour, minute, second, fraction = re.fullmatch(r"(\d\d):(\d\d):(\d\d)(?:\.(\d+))?", text).groups()
    fraction = (fraction or "").ljust(digits, "0")
    if len(fraction) > digits and fraction[digits:].strip("0"): raise ValueError("more digits than the unit has: " + text)
    return (int(hour) * 3600 + int(minute) * 60 + int(second)) * 10**digits + int(fraction[:digits] or 0)


def instant(text, digits):
    day, time = re.fullmatch(r"(.+)T([^Z]+)Z?", text).groups()
    return date(day) * 86400 * 10**digits + clock(time, digits)


DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}


def number(value, kind):
    """NaNs are one value; zeros are told apart."""
    value = kind({"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}.get(value, value))
    return "NaN" if numpy.isnan(value) else value.tobytes()


def told(value, kind):
    """A value of tarn's output as it compares, by the type pyarrow gives the column."""
    if value is None: return None
    if isinstance(kind, pa.BaseExtensionType): return told(value, kind.storage_type)
    if pa.types.is_dictionary(kind): return told(value, kind.value_type)
    if pa.types.is_boolean(kind):
        if not isinstance(value, bool): raise ValueError("no boolean: %r" % value)
        return value
    if pa.types.is_integer(kind): return int(value)
    if pa.types.is_float16(kind) or pa.types.is_float32(kind): return number(value, numpy.float32)
    if pa.types.is_float64(kind): return number(value, numpy.float64)
    if pa.types.is_decimal(kind):
        if -decimal.Decimal(value).as_tuple().exponent != kind.scale: raise ValueError("another scale: " + value)
        return decimal.Decimal(value)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind): return value
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind): return base64.b64decode(value, validate=True)
    if pa.types.is_date(kind): return date(value)
    if pa.types.is_time(kind): return value if isinstance(value, int) else clock(value, DIGITS[kind.unit])
    if pa.types.is_timestamp(kind): return instant(value, DIGITS[kind.unit])
    if pa.types.is_map(kind):
        entries = value if isinstance(value, Members) or all(len(entry) == 2 for entry in value) else None
        return [(told(key, kind.key_type), told(item, kind.item_type)) for key, item in entries]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return [told(item, kind.value_type) for item in value]
    if pa.types.is_struct(kind):
        names = [kind.field(index).name for index in range(kind.num_fields)]
        if [name for name, _ in value] != names: raise ValueError("members %s, not %s" % ([name for name, _ in value], names))
        return [told(item, kind.field(index).type) for index, (_, item) in enumerate(value)]
    raise ValueError("no comparison for %s" % kind)


def expected(array):
    """The values of an Arrow array in the same form."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType): return expected(array.storage)
    if pa.types.is_dictionary(kind): return expected(array.dictionary_decode())
    valid = array.is_valid().to_pylist()
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        values = [None if value is None else number(value, numpy.float32) for value in array.to_pylist()]
    elif pa.types.is_float64(kind): values = [None if value is None else number(value, numpy.float64) for value in array.to_pylist()]
    elif pa.types.is_date32(kind) or pa.types.is_time32(kind): values = array.cast(pa.int32()).to_pylist()
    elif pa.types.is_time64(kind) or pa.types.is_timestamp(kind): values = array.cast(pa.int64()).to_pylist()
    elif pa.types.is_map(kind):
        keys, items, ends = expected(array.keys), expected(array.items), array.offsets.to_pylist()
        values = [list(zip(keys[first - ends[0]:last - ends[0]], items[first - ends[0]:last - ends[0]])) for first, last in zip(ends, ends[1:])]
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        items, ends = expected(array.values), array.offsets.to_pylist()
        values = [items[first:last] for first, last in zip(ends, ends[1:])]
    elif pa.types.is_struct(kind):
        members = [expected(array.field(index)) for index in range(kind.num_fields)]
        values = [list(row) for row in zip(*members)]
    else: return array.to_pylist()
    return [value if present else None for value, present in zip(values, valid)]


def difference(table, engine, output, known=lambda name, row, value: value):
    """The first difference between tarn's rows and a table of another engine's, in words; None if there is none."""
    rows = [json.loads(line, object_pairs_hook=Members) for line in output.splitlines()]
    if len(rows) != table.num_rows: return "%d rows, %s has %d" % (len(rows), engine, table.num_rows)
    names = table.column_names
    for row in rows[:1]:
        if [name for name, _ in row] != names: return "columns %s, %s has %s" % ([name for name, _ in row], engine, names)
    for index, name in enumerate(names):
        column = table.column(index)
        values = expected(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))
        for position, (row, value) in enumerate(zip(rows, values)):
            try: read = told(row[index][1], column.type)
            except Exception as error: return "column %s row %d: %r as %s: %s" % (name, position, row[index][1], column.type, error)
            if read != known(name, position, value): return "column %s row %d: %r, %s has %r" % (name, position, read, engine, value)
    return None


def wrongly_filtered(tarn, path, table):
    """Asks for the rows with a value of the file, column by column: what is skipped must not be missed."""
    names = [name for name, kind in zip(table.column_names, table.schema.types) if pa.types.is_integer(kind) or pa.types.is_string(kind)]
    for name in [name for name in names if re.fullmatch(r"\w+", name)][:6]:
        values = [value for value in table.column(name).to_pylist() if value is not None]
        for value in sorted({values[len(values) // 2], values[-1]}) if values else []:
            if isinstance(value, str) and "\n" in value: continue
            for operator, kept in (("=", lambda other: other == value), (">", lambda other: other > value)):
                if operator == ">" and isinstance(value, str): kept = lambda other: other.encode() > value.encode()
                literal = "'%s'" % value.replace("'", "''") if isinstance(value, str) else str(value)
                condition = "%s %s %s" % (name, operator, literal)
                done = subprocess.run([tarn, "query", path, "--count", "--where", condition], capture_output=True, timeout=120)
                if done.returncode: return "--where %s: %s" % (condition, done.stderr.decode().strip())
                if int(done.stdout) != sum(map(kept, values)): return "--where %s keeps %s rows, not %d" % (condition, done.stdout.decode().strip(), sum(map(kept, values)))
    return None


def nested_leaves(kind, path):
    """The leaves of a column as tarn names them, in the order of the file; None for keys of maps, which are not asked for alone."""
    if isinstance(kind, pa.BaseExtensionType): kind = kind.storage_type
    if pa.types.is_struct(kind):
        return [leaf for index in range(kind.num_fields) for leaf in nested_leaves(kind.field(index).type, path and path + [kind.field(index).name])]
    if pa.types.is_map(kind): return [None for _ in nested_leaves(kind.key_type, path)] + nested_leaves(kind.item_type, path and path + ["value"])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind): return nested_leaves(kind.value_type, path and path + ["element"])
    return [path]


def wrongly_projected(tarn, path, file):
    """Asks for single leaves of nested columns, beside what pyarrow reads of them; of maps the keys come too."""
    paths = [leaf for field in file.schema_arrow for leaf in nested_leaves(field.type, [field.name])]
    stored = [file.schema.column(index).path for index in range(len(file.schema))]
    if len(paths) != len(stored): return "%d leaves, pyarrow has %d" % (len(paths), len(stored))
    asked = [(leaf, name) for leaf, name in zip(paths, stored) if leaf and len(leaf) > 1 and not any("." in part for part in leaf)]
    for leaf, name in asked[:10]:
        keys = [stored[index] for index, other in enumerate(paths) if other is None and name.startswith(stored[index].rsplit(".", 1)[0] + ".")]
        table = file.read(columns=keys + [name])
        done = subprocess.run([tarn, "query", path, "--select", ".".join(leaf), "--format", "ndjson"], capture_output=True, timeout=120)
        if done.returncode: return "--select %s: %s" % (".".join(leaf), done.stderr.decode().strip())
        found = difference(table, "pyarrow", done.stdout.decode())
        if found: return "--select %s: %s" % (".".join(leaf), found)
    return None
