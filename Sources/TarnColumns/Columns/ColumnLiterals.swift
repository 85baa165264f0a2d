import TarnBase

/// Columns written out, for tests and for the few values that code makes itself.
extension Column {
    package init(_ type: DataType, cells: [Cell]) {
        let builder = ColumnBuilder.make(type)
        for cell in cells { builder.append(cell) }
        self = builder.finish()
    }

    package init(booleans: [Bool?]) {
        self.init(.boolean, cells: booleans.map { $0.map { .boolean($0) } ?? .null })
    }

    package init(int32 values: [Int32?]) { self.init(.int32, cells: values.map { $0.map { .int(Int64($0)) } ?? .null }) }
    package init(int64 values: [Int64?]) { self.init(.int64, cells: values.map { $0.map { .int($0) } ?? .null }) }
    package init(floats: [Float?]) { self.init(.float, cells: floats.map { $0.map { .float($0) } ?? .null }) }
    package init(doubles: [Double?]) { self.init(.double, cells: doubles.map { $0.map { .double($0) } ?? .null }) }
    package init(strings: [String?]) { self.init(.string, cells: strings.map { $0.map { .text(Bytes($0)) } ?? .null }) }
    package init(binaries: [[UInt8]?]) { self.init(.binary, cells: binaries.map { $0.map { .text(Bytes($0)) } ?? .null }) }

    /// Days since 1970-01-01.
    package init(dates: [Int32?]) { self.init(.date, cells: dates.map { $0.map { .int(Int64($0)) } ?? .null }) }

    package init(timestamps: [Int64?], _ unit: TimeUnit) {
        self.init(.timestamp(unit), cells: timestamps.map { $0.map { .int($0) } ?? .null })
    }

    /// Unscaled values.
    package init(decimals: [Int128?], precision: Int, scale: Int) {
        self.init(.decimal(precision: precision, scale: scale), cells: decimals.map { $0.map { .decimal($0) } ?? .null })
    }

    /// The values of `codes` in `dictionary`; nil is null.
    package init(codes: [UInt32?], dictionary: Column) {
        let packed = codes.map { $0 ?? 0 }.withUnsafeBytes { Bytes(copying: $0) }
        precondition(codes.allSatisfy { ($0 ?? 0) < dictionary.count || $0 == nil })
        self.init(
            dictionary.type, count: codes.count, values: .dictionary(codes: packed, dictionary: dictionary),
            validity: Bitmap(codes.map { $0 != nil }))
    }
}

extension RecordBatch {
    /// A batch of columns that are given with their names; all of them nullable.
    package init(_ columns: KeyValuePairs<String, Column>) {
        self.init(
            schema: Schema(columns.map { Field($0.key, $0.value.type) }), columns: columns.map(\.value),
            rowCount: columns.first?.value.count ?? 0)
    }

    /// A batch from rows of cells.
    package init(schema: Schema, rows: [[Cell]]) {
        let builder = BatchBuilder(schema: schema)
        for row in rows {
            precondition(row.count == schema.fields.count)
            for (column, cell) in zip(builder.columns, row) { column.append(cell) }
            builder.endRow()
        }
        self = builder.finish()
    }
}
