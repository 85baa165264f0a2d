import TarnColumns
import TarnRead
import TarnStorage
import TarnTable
import TarnTestSupport

/// What a table showed at each of its commits, for comparing with what it shows later.
struct PastSnapshots {
    let instants: [InstantTime]
    private let rows: [InstantTime: Set<[Cell]>]

    init(of table: TableHandle) async throws {
        var rows: [InstantTime: Set<[Cell]>] = [:]
        instants = try await Timeline.load(table).completedWrites.map(\.time)
        for instant in instants {
            // What a clean took away before is not looked at.
            do { rows[instant] = try await Self.rows(of: table, asOf: instant) } catch let error as TableError where error.code == .unsupported {}
        }
        self.rows = rows
    }

    static func rows(of table: TableHandle, asOf time: InstantTime? = nil) async throws -> Set<[Cell]> {
        var rows: Set<[Cell]> = []
        for try await batch in try await Snapshot.load(table, asOf: time).scan(withMetaFields: true) {
            for row in 0..<batch.rowCount { rows.insert(batch.row(at: row)) }
        }
        return rows
    }

    /// Looks at every instant again: it shows the same, or it is older than `retained` and refused as taken away.
    ///
    /// - Throws: ``Unexpected`` for anything else.
    func expectKept(in table: TableHandle, from retained: InstantTime?) async throws {
        for instant in instants {
            do {
                let now = try await Self.rows(of: table, asOf: instant)
                guard let before = rows[instant] else { throw Unexpected("as of \(instant): answered, after it was refused") }
                try expect(now == before, "as of \(instant): \(now.count) rows, \(before.count) before")
            } catch let error as TableError where error.code == .unsupported {
                try expect(retained.map { instant < $0 } ?? false, "as of \(instant), which is kept: \(error)")
            }
        }
    }
}
