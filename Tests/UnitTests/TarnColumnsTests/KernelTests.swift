import TarnBase
import TarnColumns
import Testing

struct KernelTests {
    @Test(arguments: RandomColumns.allTypes)
    func `taking, filtering and compacting rows is what a loop over cells does`(type: DataType) {
        var make = RandomColumns()
        for rows in RandomColumns.edgeSizes {
            let column = make.column(type, rows: rows)
            let cells = column.cells
            let wanted = rows == 0 ? 0 : make.int(0..<(rows * 2))
            let taken = (0..<wanted).map { _ in UInt32(make.int(0..<rows)) }
            let expected = taken.map { cells[Int($0)] }
            #expect(column.take(taken).cells == expected)
            #expect(column.take(taken).compacted().cells == expected)
            for percent in [0, 5, 50, 95, 100] {
                let keep = (0..<rows).map { _ in make.chance(percent) }
                #expect(column.filter(Bitmap(keep)).cells == zip(cells, keep).filter(\.1).map(\.0))
            }
            let run = make.int(0..<(rows + 1))..<rows
            #expect(column.filter(Bitmap((0..<rows).map { run.contains($0) })).cells == Array(cells[run]))
            #expect(column.decoded().cells == cells)
            #expect(column.compacted().cells == cells)
        }
    }

    @Test(arguments: RandomColumns.allTypes)
    func `interleaving and concatenating columns of any form is what a loop over cells does`(type: DataType) {
        var make = RandomColumns()
        for sources in 1..<6 {
            for _ in 0..<6 {
                var columns = (0..<sources).map { _ in make.column(type, rows: RandomColumns.edgeSizes[make.int(0..<9)]) }
                if make.chance(30) { columns = columns.map { _ in columns[0].slice(0..<make.int(0..<(columns[0].count + 1))) } }
                let all = columns.map(\.cells)
                #expect(Column.concatenate(columns).cells == all.flatMap(\.self))
                let filled = all.indices.filter { !all[$0].isEmpty }
                let wanted = filled.isEmpty ? 0 : make.int(0..<300)
                let references = (0..<wanted).map { _ -> RowReference in
                    let batch = filled[make.int(0..<filled.count)]
                    return RowReference(batch: UInt32(batch), row: UInt32(make.int(0..<all[batch].count)))
                }
                let mixed = Column.interleave(columns, references)
                let expected = references.map { all[Int($0.batch)][Int($0.row)] }
                #expect(mixed.cells == expected)
            }
        }
    }

    @Test func `views keep only buffers that are used and a shared dictionary stays`() {
        let long = (0..<4).map { Column(strings: ["a text of more than twelve bytes, number \($0)", nil]) }
        let picked = Column.interleave(long, [RowReference(batch: 2, row: 0), RowReference(batch: 2, row: 0), RowReference(batch: 0, row: 1)])
        guard case .views(let views) = picked.values else { Issue.record("not plain"); return }
        #expect(views.buffers.count == 1)

        let coded = Column(codes: [0, 1, nil], dictionary: Column(strings: ["x", "y"]))
        guard case .dictionary = Column.concatenate([coded, coded.slice(1..<3)]).values else { Issue.record("decoded"); return }
        let other = Column(codes: [0, 1, nil], dictionary: Column(strings: ["x", "z"]))
        #expect(Column.concatenate([coded, other]).cells == ["x", "y", nil, "x", "z", nil])
        let empty = Column(codes: [nil, nil], dictionary: Column(strings: []))
        #expect(Column.concatenate([coded, empty]).cells == ["x", "y", nil, nil, nil])
        #expect(empty.hashKeys(KeyHash(seed: 1))[1] == KeyHashes.Value(low: 0, high: 0))
    }

    @Test func `compacting frees a large buffer that few values use`() {
        let column = Column(strings: (0..<2000).map { "a text that is long enough not to be inline \($0)" })
        let few = column.take([5, 1999])
        #expect(few.retainedByteCount > 80_000)
        #expect(few.compacted().retainedByteCount < 1000)
        #expect(few.compacted().cells == few.cells)
        #expect(Column.retainedByteCount([column, column, few]) < column.retainedByteCount + 100)
    }

    @Test(arguments: [DataType.string, .binary, .int32, .int64, .decimal(precision: 38, scale: 4), .date])
    func `hashes are equal exactly for equal values, in every form of column`(type: DataType) {
        var make = RandomColumns()
        let hash = KeyHash(seed: 7)
        var seen: [KeyHashes.Value: Cell] = [:]
        for rows in RandomColumns.edgeSizes {
            let column = make.column(type, rows: rows)
            let hashes = column.hashKeys(hash)
            #expect(column.decoded().hashKeys(hash).bytes == hashes.bytes)
            for row in 0..<rows {
                let cell = column.cell(at: row)
                #expect(seen[hashes[row]] ?? cell == cell)
                seen[hashes[row]] = cell
            }
        }
        #expect(Set(seen.values).count == seen.count)
    }

    @Test(arguments: RandomColumns.allTypes)
    func `rows are equal when their cells are, NaN included`(type: DataType) {
        var make = RandomColumns()
        for rows in RandomColumns.edgeSizes {
            let left = make.column(type, rows: rows, nulls: 30)
            let right = make.column(type, rows: rows, nulls: 30)
            // A mix of rows that agree and rows that need not.
            let references = (0..<rows).map { RowReference(batch: make.chance(50) ? 0 : 1, row: UInt32($0)) }
            let mixed = Column.interleave([left, right], references)
            let equal = Column.rowsEqual(left, mixed)
            let expected = (0..<rows).map { left.cell(at: $0) == mixed.cell(at: $0) }
            #expect((0..<rows).map { equal[$0] } == expected)
        }
    }

    @Test(arguments: RandomColumns.flatTypes)
    func `sorting, comparing and extremes agree with cells`(type: DataType) {
        var make = RandomColumns()
        for rows in RandomColumns.edgeSizes {
            let column = make.column(type, rows: rows)
            let cells = column.cells
            let order = column.sortOrder()
            let expectedOrder = (0..<UInt32(rows)).sorted { left, right in
                let (l, r) = (cells[Int(left)], cells[Int(right)])
                return isBefore(l, r) || (!isBefore(r, l) && left < right)
            }
            #expect(order == expectedOrder)
            let shuffled = (0..<rows).map { _ in UInt32(make.int(0..<max(rows, 1))) }
            let other = column.take(shuffled)
            let compared = zip(cells, other.cells).map { isBefore($0, $1) ? Int8(-1) : isBefore($1, $0) ? 1 : 0 }
            #expect(column.compareKeys(other) == compared)
            let numbers = cells.filter { !$0.isNull && $0 != .float(.nan) && $0 != .double(.nan) }
            #expect(column.minMax()?.min == numbers.min(by: isBefore))
            #expect(column.minMax()?.max == numbers.max(by: isBefore))
            if let values = column.orderingValues(), rows > 1 {
                for row in 1..<rows where !column.isNull(row) && !column.isNull(row - 1) {
                    #expect((values[row - 1] < values[row]) == isBefore(cells[row - 1], cells[row]))
                }
                #expect(values.firstNull == cells.firstIndex(of: nil))
            }
        }
    }

    @Test func `a batch sorts by several columns, stably`() {
        let batch = RecordBatch(["a": Column(strings: ["x", "y", "x", nil, "x"]), "b": Column(int64: [3, 1, 2, 9, 2])])
        #expect(batch.sortOrder(by: ["a", "b"]) == [3, 2, 4, 0, 1])
        #expect(batch.sortOrder(by: ["b"]) == [1, 2, 4, 0, 3])
    }

    /// Nulls first, then by value; Java's order of floating-point numbers.
    private func isBefore(_ left: Cell, _ right: Cell) -> Bool {
        func rank(_ value: Double) -> (Int, Double, Int) { value.isNaN ? (1, 0, 0) : (0, value, value.sign == .minus ? 0 : 1) }
        return switch (left, right) {
        case (.null, .null): false
        case (.null, _): true
        case (_, .null): false
        case (.boolean(let l), .boolean(let r)): !l && r
        case (.int(let l), .int(let r)): l < r
        case (.decimal(let l), .decimal(let r)): l < r
        case (.float(let l), .float(let r)): rank(Double(l)) < rank(Double(r))
        case (.double(let l), .double(let r)): rank(l) < rank(r)
        case (.text(let l), .text(let r)): l.array.lexicographicallyPrecedes(r.array)
        default: false
        }
    }
}
