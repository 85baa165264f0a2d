import TarnBase

extension Column {
    /// The column as another type, by conversions that keep every value: int32 to int64 and double; float to
    /// double; decimals to more digits; timestamps to another unit when nothing is cut off; strings to
    /// binary, and back when they are UTF-8; nested types part by part, struct fields by name (one that is missing
    /// becomes null). Dictionaries are converted once and kept.
    ///
    /// Throws `unsupported` when there is no such conversion, `value` with the row when a value does not survive it.
    package func cast(to target: DataType) throws(ColumnError) -> Column {
        if type == target { return self }
        if case .dictionary(let codes, let dictionary) = values {
            let entries: Column
            do {
                entries = try dictionary.cast(to: target)
            } catch {
                // The entry that failed may be one that no row uses, and its number is no row of this column.
                return try decoded().cast(to: target)
            }
            return Column(target, count: count, values: .dictionary(codes: codes, dictionary: entries), validity: validity)
        }
        return Column(target, count: count, values: try castValues(to: target), validity: validity)
    }

    private func castValues(to target: DataType) throws(ColumnError) -> Values {
        switch (type, target, values) {
        case (.int32, .int64, .fixed(let bytes)): return convert(bytes, Int32.self) { Int64($0) }
        case (.int32, .double, .fixed(let bytes)): return convert(bytes, Int32.self) { Double($0) }
        case (.float, .double, .fixed(let bytes)): return convert(bytes, Float.self) { Double($0) }
        case (.string, .binary, .views): return values
        case (.binary, .string, .views):
            if let row = firstInvalidUTF8() { throw ColumnError(.value, "a binary value that is not UTF-8", row: row) }
            return values
        case (.timestamp(let from), .timestamp(let to), .fixed(let bytes)):
            return try castTimestamps(bytes, from.perSecond, to.perSecond)
        case (.decimal(let p1, let s1), .decimal(let p2, let s2), .fixed(let bytes)) where s2 >= s1 && p2 - s2 >= p1 - s1:
            let factor = Decimals.powerOfTen(s2 - s1)
            return convert(bytes, Int128.self) { $0 &* factor }
        case (.list, .list(let element), .list(let offsets, let elements)):
            return .list(offsets: offsets, elements: try elements.cast(to: element.type))
        case (.map, .map(let key, let value), .map(let offsets, let keys, let entries)):
            return .map(offsets: offsets, keys: try keys.cast(to: key.type), values: try entries.cast(to: value.type))
        case (.struct(let from), .struct(let to), .fields(let columns)):
            var fields: [Column] = []
            for field in to {
                if let index = from.firstIndex(where: { $0.name == field.name }) {
                    fields.append(try columns[index].cast(to: field.type))
                } else {
                    fields.append(.nulls(field.type, count: count))
                }
            }
            return .fields(fields)
        default: throw ColumnError(.unsupported, "\(type) cannot become \(target)")
        }
    }

    @inline(__always)
    private func convert<From: BitwiseCopyable, To: BitwiseCopyable>(
        _ bytes: Bytes, _ from: From.Type, _ value: (From) -> To
    ) -> Values {
        bytes.withValues(of: from) { source in
            .fixed(fixedBytes(count, of: To.self) { target in for row in 0..<count { target[row] = value(source[row]) } })
        }
    }

    private func castTimestamps(_ bytes: Bytes, _ from: Int64, _ to: Int64) throws(ColumnError) -> Values {
        var failedRow: Int?
        let converted = bytes.withValues(of: Int64.self) { source in
            fixedBytes(count, of: Int64.self) { target in
                for row in 0..<count {
                    if to > from {
                        let (product, overflow) = source[row].multipliedReportingOverflow(by: to / from)
                        target[row] = product
                        if overflow { failedRow = failedRow ?? row }
                    } else {
                        let (quotient, rest) = source[row].quotientAndRemainder(dividingBy: from / to)
                        target[row] = quotient
                        if rest != 0 { failedRow = failedRow ?? row }
                    }
                }
            }
        }
        if let failedRow { throw ColumnError(.value, "a timestamp that the other unit cannot hold", row: failedRow) }
        return .fixed(converted)
    }

    /// The first row of a text column whose bytes are not UTF-8.
    package func firstInvalidUTF8() -> Int? {
        guard let source = FlatValues(self) else { return nil }
        defer { withExtendedLifetime(self) {} }
        return (0..<count).first { !isNull($0) && !UTF8Check.isValid(source.text($0)) }
    }
}

extension RecordBatch {
    /// The batch in another schema: columns by name, cast where the type differs, null where they are missing and may be;
    /// columns that the schema does not name are left out.
    ///
    /// Throws `unknownColumn` for a missing column that may not be null, `value` for nulls in such a column, and what
    /// ``Column/cast(to:)`` throws, with the column's name.
    package func adapted(to target: Schema) throws(ColumnError) -> RecordBatch {
        if target == schema { return self }
        var adapted: [Column] = []
        for field in target.fields {
            guard let column = self[field.name] else {
                guard field.isNullable else { throw ColumnError(.unknownColumn, "column '\(field.name)' is missing") }
                adapted.append(.nulls(field.type, count: rowCount))
                continue
            }
            if !field.isNullable, let validity = column.validity {
                throw ColumnError(.value, "column '\(field.name)' may not be null", row: (!validity).setRows.first.map { Int($0) })
            }
            do {
                adapted.append(try column.cast(to: field.type))
            } catch {
                throw ColumnError(error.code, "column '\(field.name)': \(error.message)", row: error.row)
            }
        }
        return RecordBatch(schema: target, columns: adapted, rowCount: rowCount)
    }
}
