import TarnBase
import TarnColumns
import TarnTestSupport
import Testing

@Suite struct SortKeyTests {
    private func batch(_ columns: [Column]) -> RecordBatch {
        RecordBatch(
            schema: Schema(columns.enumerated().map { Field("c\($0)", $1.type) }), columns: columns, rowCount: columns[0].count)
    }

    @Test func `keys sort as the rows do, whatever the types`() throws {
        var random = RandomColumns()
        for _ in 0..<120 {
            let types = (0..<random.int(1..<4)).map { _ in RandomColumns.flatTypes[random.int(0..<RandomColumns.flatTypes.count)] }
            let rows = batch(types.map { random.column($0, rows: 80) })
            let names = rows.schema.fields.map(\.name)
            let order = rows.sortKeys(by: names).sortOrder()
            #expect(order == rows.sortOrder(by: names), "\(types), TARN_SEED=\(testSeed)")
        }
    }

    @Test func `runs are merged in order, equal keys in the order of the runs`() throws {
        var random = RandomColumns()
        for _ in 0..<60 {
            let runs = (0..<random.int(1..<7)).map { _ in (0..<random.int(0..<40)).map { _ in UInt8(random.int(0..<20)) }.sorted() }
            var rest = runs
            var batches: [(run: Int, keys: [UInt8])] = []
            var merge = KeyMerge(runs: runs.count)
            var merged: [(key: UInt8, run: Int)] = []
            var rows: [RowReference] = []
            func flush() {
                merged += rows.map { (batches[Int($0.batch)].keys[Int($0.row)], batches[Int($0.batch)].run) }
                rows = []
            }
            loop: while true {
                switch merge.next(into: &rows, limit: 7) {
                case .needs(let run):
                    let stretch = Array(rest[run].prefix(random.int(1..<6)))
                    rest[run].removeFirst(stretch.count)
                    if stretch.isEmpty { merge.end(run: run) } else {
                        batches.append((run, stretch))
                        merge.supply(Column(.binary, cells: stretch.map { .text(Bytes([$0])) }), batch: UInt32(batches.count - 1), to: run)
                    }
                case .full:
                    flush()
                    batches = merge.renumber().map { batches[Int($0)] }
                case .done:
                    flush()
                    break loop
                }
            }
            let expected = runs.enumerated().flatMap { run, keys in keys.map { (key: $0, run: run) } }.sorted { ($0.key, $0.run) < ($1.key, $1.run) }
            #expect(merged.map(\.key) == expected.map(\.key) && merged.map(\.run) == expected.map(\.run), "TARN_SEED=\(testSeed)")
        }
    }

    @Test func `rows numbered through are found in their batches`() {
        let references = RowReference.references(to: [0, 4, 2, 3, 6], in: [2, 0, 1, 3, 1])
        #expect(references == [.init(batch: 0, row: 0), .init(batch: 3, row: 1), .init(batch: 2, row: 0), .init(batch: 3, row: 0), .init(batch: 4, row: 0)])
    }

    @Test func `a chunk of rows comes back, and no cut of it traps`() throws {
        var random = RandomColumns()
        let rows = batch(RandomColumns.allTypes.map { random.column($0, rows: 30) })
        let coder = RowCoder(schema: rows.schema)
        let chunk = coder.chunk(rows)
        #expect(try coder.decode(chunk: chunk, rowCount: 30).columns.map(\.cells) == rows.columns.map(\.cells))
        for cut in stride(from: 0, to: chunk.count, by: 7) {
            #expect(throws: ColumnError.self) { try coder.decode(chunk: chunk[0..<cut].compacted(), rowCount: 30) }
        }
    }

    // MARK: Curves

    private func places(_ curve: SpaceFillingCurve, axes: Int, bits: Int) -> [[UInt32]] {
        let side = UInt32(1) << UInt32(bits)
        let count = (0..<axes).reduce(1) { product, _ in product * Int(side) }
        let points = (0..<count).map { number in (0..<axes).map { UInt32(number >> ($0 * bits)) & (side - 1) } }
        return points.map { point -> (key: [UInt8], point: [UInt32]) in
            var key: [UInt8] = []
            var used = point
            curve.append(&used, bits: bits, to: &key)
            return (key, point)
        }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.point)
    }

    @Test(arguments: [(2, 4), (3, 3), (4, 2)])
    func `neighbours on a Hilbert curve are neighbours in space`(axes: Int, bits: Int) {
        let points = places(.hilbert, axes: axes, bits: bits)
        #expect(Set(points).count == points.count)
        for (point, next) in zip(points, points.dropFirst()) {
            let distance = zip(point, next).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(distance == 1)
        }
    }

    @Test func `a z-order takes the quarters of a square one after the other`() {
        #expect(places(.zorder, axes: 2, bits: 1) == [[0, 0], [0, 1], [1, 0], [1, 1]])
        let points = places(.zorder, axes: 2, bits: 3)
        for quarter in stride(from: 0, to: 64, by: 16) {
            #expect(Set(points[quarter..<quarter + 16].map { [$0[0] >> 2, $0[1] >> 2] }).count == 1)
        }
    }

    @Test(arguments: [SpaceFillingCurve.zorder, .hilbert])
    func `rows near on a curve are near in every column, however the values are spread`(curve: SpaceFillingCurve) {
        var random = RandomColumns()
        let texts = Column(.string, cells: (0..<4096).map { _ in .text(Bytes("a long common prefix \(1000 + random.int(0..<900))")) })
        let numbers = Column(.int64, cells: (0..<4096).map { _ in .int(1_700_000_000_000 + Int64(random.int(0..<1000))) })
        let rows = batch([texts, numbers])
        let keys = CurveScale(["c0", "c1"], sample: rows).keys(of: rows, along: curve)
        let order = keys.sortOrder()
        // In sixteen files each column shows about a quarter of its range, more where a file lies across a border; in any other
        // order nearly all of it, which is 900 and more.
        for column in rows.columns {
            let spans = stride(from: 0, to: 4096, by: 256).map { start -> Int in
                let part = column.take(Array(order[start..<start + 256])).cells.map { "\($0)".isEmpty ? Int64(0) : Self.number($0) }
                return Int(part.max()! - part.min()!)
            }
            #expect(spans.reduce(0, +) / spans.count < 600, "\(spans), TARN_SEED=\(testSeed)")
        }
    }

    private static func number(_ cell: Cell) -> Int64 {
        switch cell {
        case .int(let value): value
        case .text(let text): Int64(text.printableText.split(separator: " ").last ?? "") ?? 0
        default: 0
        }
    }
}
