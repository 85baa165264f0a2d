package import TarnBase
package import TarnColumns

/// Writing with several tasks: columns are encoded side by side, then the pages that came out are compressed side by side,
/// so that one heavy column keeps no task waiting. The bytes are those that one task writes.
extension ParquetFileWriter {
    /// Pages before compression that wait for a moment when all tasks can take some.
    private static let waitingBytes = 8 << 20

    /// As ``append(_:)`` with up to `tasks` tasks. Memory: pages before compression on top, up to 8 MiB and a step of rows.
    ///
    /// - Throws: As ``append(_:)``; nothing else.
    package func append(_ batch: RecordBatch, tasks: Int) async throws {
        guard tasks > 1 else { return try append(batch) }
        check(batch)
        let sizes = batch.columns.map(\.plainByteCount)
        let step = stepRows(of: batch, sizes)
        var start = 0
        while start < batch.rowCount {
            let rows = nextStep(from: start, of: batch, step)
            try await encode(batch, sizes, rows, tasks)
            groupRowCount += Int64(rows.count)
            start = rows.upperBound
            if columns.reduce(0, { $0 + $1.rawPageByteCount }) >= ParquetFileWriter.waitingBytes || groupRawBytes >= options.rowGroupBytes {
                try await compressPages(tasks)
            }
            if groupRowCount >= options.rowGroupRows || isRowGroupFull { try await endRowGroup(tasks) }
        }
    }

    /// As ``finish(keyValueMetadata:)`` with up to `tasks` tasks.
    package func finish(keyValueMetadata: [(key: String, value: String)] = [], tasks: Int) async throws -> [Bytes] {
        precondition(!isFinished, "the file is finished")
        try await endRowGroup(tasks)
        return try finishFooter(keyValueMetadata)
    }

    private func endRowGroup(_ tasks: Int) async throws {
        guard groupRowCount > 0, tasks > 1 else { return try endRowGroup() }
        let (columns, defers) = (columns, defersCompression)
        try await share(columns.count, among: tasks, Pieces { (index, encoder) throws(ParquetError) in
            try columns[index].endPages(PageWork(encoder: encoder, defersCompression: defers))
        })
        try await compressPages(tasks)
        try endRowGroup()
    }

    /// Without a codec there is nothing to put off: pages are put together where they stay.
    private var defersCompression: Bool { options.codec != .none }

    private func encode(_ batch: RecordBatch, _ sizes: [Int], _ rows: Range<Int>, _ tasks: Int) async throws {
        // The heaviest first, so that none begins when the others are done.
        let order = batch.columns.indices.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
        let defers = defersCompression
        try await share(order.count, among: tasks, Pieces { [self] (piece, encoder) throws(ParquetError) in
            let index = order[piece]
            let work = PageWork(encoder: encoder, defersCompression: defers)
            try append(batch.columns[index].slice(rows), to: tree.fields[index], atMost: sizes[index], work)
        })
    }

    private func compressPages(_ tasks: Int) async throws {
        let columns = columns
        let waiting = columns.flatMap { column in (0..<column.rawPageCount).map { (column: column, page: column.rawPage(at: $0)) } }
        guard !waiting.isEmpty else { return }
        let done = Locked([EncodedPage?](repeating: nil, count: waiting.count))
        // As for columns: the largest first.
        let order = waiting.indices.sorted { (waiting[$0].page.bytes.count, $1) > (waiting[$1].page.bytes.count, $0) }
        try await share(waiting.count, among: tasks, Pieces { (piece, encoder) throws(ParquetError) in
            let (column, raw) = waiting[order[piece]]
            let page = try encoder.encode(raw, column: column.leaf.name)
            done.withLock { $0[order[piece]] = page }
        })
        let pages = done.withLock { $0.compactMap(\.self) }
        var next = 0
        for column in columns {
            let count = column.rawPageCount
            column.supply(Array(pages[next..<(next + count)]))
            next += count
        }
    }

    /// Does `count` pieces of work in up to `tasks` tasks, each with a page encoder of its own; the first error ends the rest.
    private func share(_ count: Int, among tasks: Int, _ work: Pieces) async throws {
        while pageEncoders.count < tasks {
            pageEncoders.append(PageEncoder(codec: options.codec, writesChecksums: options.writesChecksums))
        }
        let next = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for encoder in pageEncoders.prefix(min(tasks, count)).map(OneTasksEncoder.init) {
                group.addTask {
                    while true {
                        let piece = next.withLock { next in
                            defer { next += 1 }
                            return next
                        }
                        guard piece < count else { return }
                        try work.body(piece, encoder.encoder)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// Pieces of work by number.
// Safe: each number is given to one task, pieces share no column, and the writer waits for all of them.
private struct Pieces: @unchecked Sendable {
    let body: (Int, PageEncoder) throws(ParquetError) -> Void

    init(_ body: @escaping (Int, PageEncoder) throws(ParquetError) -> Void) { self.body = body }
}

// Safe: handed to one task, which ends before the writer goes on.
private struct OneTasksEncoder: @unchecked Sendable {
    let encoder: PageEncoder
}
