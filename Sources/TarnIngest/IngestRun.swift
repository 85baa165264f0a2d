import TarnBase
import TarnColumns
import TarnStorage
import TarnTable
import TarnWrite

/// One run over several inputs: the state between lines, chunks and micro-batches. One owner.
///
/// A *chunk* is what goes to the writer at once, at most 8,192 rows; a *micro-batch* is what becomes one commit.
final class IngestRun {
    /// Rows handed to the writer at once.
    static let chunkRows = 8192
    /// A chunk of long values ends before it has so many rows.
    static let chunkBytes = 16 << 20
    /// What quarantine keeps of one event; longer ones are cut.
    static let quarantinedBytes = 16 << 20

    private let sink: any ChangeSink
    private let settings: IngestSettings
    private let quarantine: QuarantineFolder?
    private let runtime: Runtime
    private let state: SinkState
    private let decoder: EventDecoder
    private let dissector = LineDissector()
    private let unavailable: UnavailableValues

    /// The table's ledger after the last commit.
    private var ledger: SourceLedger?
    private var partitions = SourcePartitions()
    /// Whether quarantine files of failed attempts were looked for.
    private var hasSwept = false
    private(set) var summary = IngestSummary()

    // The input at hand.
    private var format: LineFormat?
    private var isFormatSettled = false
    private var inputName = ""
    /// The input itself as a source partition: of a file, or of lines without offsets.
    private var inputPartition = 0
    private var line = 0
    private var fileID: String?
    private var fileRows: Int64 = 0
    private var fileMaximum: Int64?

    // The micro-batch at hand.
    private var transaction: (any ChangeTransaction)?
    private var batchStart: UInt64?
    private var batchRows = 0
    private var awaitsCreate = false
    private var batch = IngestReport(input: "", commit: CommitReport(operation: .upsert))
    private var quarantined = QuarantineLines()
    private var origins = RecordOrigins()
    private var commitsLedger = false

    init(sink: any ChangeSink, settings: IngestSettings, quarantine: QuarantineFolder?, runtime: Runtime) async throws {
        self.sink = sink
        self.settings = settings
        self.quarantine = quarantine
        self.runtime = runtime
        guard settings.start != .fromEnd else {
            throw IngestError(.unsupported, "--from-end: a file or standard input cannot tell its end; give --from-offsets FILE")
        }
        let state = try await sink.state()
        self.state = state
        ledger = state.ledger
        decoder = try EventDecoder(
            schema: state.schema, keyFields: state.keyFields, orderingField: state.orderingField, settings: settings)
        unavailable = UnavailableValues(schema: state.schema, keyFields: state.keyFields)
    }

    func ingest(_ input: EventInput, _ report: (IngestReport) async throws -> Void) async throws {
        if let id = input.fileID, ledger?.finishedFile(id) != nil {
            summary.notes.append("\(input.name): the table has this file already")
            return
        }
        format = settings.lines
        isFormatSettled = false
        inputName = input.name
        line = 0
        fileID = input.fileID
        fileRows = 0
        fileMaximum = nil
        startInputPartition(input)
        let reader = LineReader(input.source, maximumLine: settings.maximumLine)
        do {
            reading: while true {
                try Task.checkCancellation()
                switch try await next(of: reader) {
                case .lines(let block): try await take(block, report)
                case .idle: if isBatchOld { try await endBatch(finishesInput: false, report) }
                case .end: break reading
                }
            }
            try await endBatch(finishesInput: true, report)
        } catch {
            await transaction?.abandon()
            transaction = nil
            throw error
        }
    }

    private func next(of reader: LineReader) async throws -> LineReader.Step {
        guard let transaction else { return try await reader.next(within: waitingTime()) }
        return try await transaction.holdingLock { try await reader.next(within: waitingTime()) }
    }

    private func startInputPartition(_ input: EventInput) {
        let name = input.fileID.map { SourceLedger.name(source: $0, partition: 0) }
        let next = name.flatMap { ledger?.partitions[$0]?.next } ?? 0
        inputPartition = partitions.add(.init(source: input.name, number: nil, name: name, next: next))
    }

    // MARK: Lines

    private func take(_ block: LineBlock, _ report: (IngestReport) async throws -> Void) async throws {
        origins.begin(block.bytes)
        let isASCII = block.bytes.withUnsafeBytes { JSONText.isASCII($0) }
        var position = 0
        while position < block.bytes.count {
            position = try takeLines(block, from: position, isASCII: isASCII)
            if isChunkFull || isBatchFull || position < block.bytes.count { try await endChunk() }
            if isBatchFull || isBatchOld { try await endBatch(finishesInput: false, report) }
        }
    }

    private var isChunkFull: Bool { decoder.rowCount >= Self.chunkRows || decoder.byteCount >= Self.chunkBytes }

    private var isBatchFull: Bool {
        hasRowsEnough || quarantined.byteCount > max(1 << 20, Int(settings.memory.bytes / 8))
            || unavailable.byteCount > max(1 << 20, Int(settings.memory.bytes / 4))
    }

    /// The two halves of a key update stay in one commit: the second may need the row that the first removes.
    private var hasRowsEnough: Bool {
        batchRows >= settings.batchRows && (!awaitsCreate || batchRows >= settings.batchRows + Self.chunkRows)
    }

    private var isBatchOld: Bool {
        guard let batchStart else { return false }
        return Double(runtime.clock.monotonicNanoseconds() - batchStart) / 1e9 >= settings.batchSeconds + (awaitsCreate ? 5 : 0)
    }

    /// How long to wait for the next line before the micro-batch is due; nil = there is none.
    private func waitingTime() -> Int64? {
        guard let batchStart else { return nil }
        let elapsed = Double(runtime.clock.monotonicNanoseconds() - batchStart) / 1e6
        return max(1, Int64(clamping: Int((settings.batchSeconds * 1000 - elapsed).rounded(.up))))
    }

    /// Takes lines until the block, the chunk or the micro-batch ends, and tells where.
    private func takeLines(_ block: LineBlock, from start: Int, isASCII: Bool) throws(IngestError) -> Int {
        let bytes = block.bytes
        let base = bytes.unsafePointer
        defer { withExtendedLifetime(bytes) {} }
        var position = start
        var sinceCheck = 0
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(start: base + position, count: bytes.count - position)
            let end = LineReader.firstLineEnd(rest) ?? rest.count
            var count = end
            if count > 0, rest[count - 1] == 0x0D { count -= 1 }
            let text = TextSpan(start: base + position, count: count)
            line += 1
            try takeLine(text, at: position, block, isASCII: isASCII)
            position += min(end + 1, rest.count)
            sinceCheck += 1
            if decoder.rowCount >= Self.chunkRows || hasRowsEnough { break }
            if sinceCheck >= 256 {
                sinceCheck = 0
                if isChunkFull || isBatchFull { break }
            }
        }
        return position
    }

    private func takeLine(_ text: TextSpan, at start: Int, _ block: LineBlock, isASCII: Bool) throws(IngestError) {
        if partitions[inputPartition].name != nil, format != .kcat, Int64(line) <= partitions[inputPartition].next {
            batch.alreadyCommitted += 1
            return
        }
        let isBlank = text.count == 0 || (text.start.load(as: UInt8.self) <= 0x20 && text.buffer.allSatisfy { $0 <= 0x20 })
        if isBlank { return passLine() }
        if batchStart == nil { batchStart = runtime.clock.monotonicNanoseconds() }
        guard !block.isCut else {
            return try refuse(Refusal("the line is longer than \(settings.maximumLine)"), text, inputPartition, Int64(line - 1))
        }
        if !isASCII, let offset = JSONText.firstInvalidUTF8(text.buffer) {
            return try refuse(Refusal("not UTF-8 at byte \(offset) of the line"), text, inputPartition, Int64(line - 1))
        }
        if !isFormatSettled { try settleFormat(text) }
        let located: Located?
        do throws(Refusal) {
            located = try locate(text)
        } catch {
            return try refuse(tailNoted(error, block), text, inputPartition, Int64(line - 1))
        }
        if let located { try takeRecord(located, text, at: start, block) }
    }

    /// Cut off where the input ends: most likely its writer has not finished.
    private func tailNoted(_ refusal: Refusal, _ block: LineBlock) -> Refusal {
        block.isUnterminated && refusal.isSyntax ? Refusal("truncated last line: \(refusal.reason)") : refusal
    }

    /// A record to be decoded, and where it stands in its source.
    private struct Located {
        let parts: LineParts
        let topic: String?
        let partition: Int
        let offset: Int64
    }

    /// Takes the line apart; nil when there is nothing to decode.
    private func locate(_ text: TextSpan) throws(Refusal) -> Located? {
        let format = format ?? .value
        let parts = try dissector.parts(of: text, as: format)
        if let wanted = settings.topic, format != .value {
            guard let topic = parts.topic, try JSONText.string(topic) == wanted else {
                passLine()
                return nil
            }
        }
        let topic = try heartbeatTopic(parts)
        guard format == .kcat else {
            return Located(parts: parts, topic: topic, partition: inputPartition, offset: Int64(line - 1))
        }
        guard let source = parts.topic, let number = parts.partition, let offset = parts.offset else {
            throw Refusal("not a line of kcat -J: topic, partition or offset is missing")
        }
        let partition = try partition(source, number)
        guard offset >= partitions[partition].next else {
            batch.alreadyCommitted += 1
            return nil
        }
        return Located(parts: parts, topic: topic, partition: partition, offset: offset)
    }

    /// A line that is no event.
    private func passLine() {
        if format != .kcat { move(inputPartition, past: Int64(line - 1)) }
    }

    private func takeRecord(_ record: Located, _ text: TextSpan, at start: Int, _ block: LineBlock) throws(IngestError) {
        switch decoder.decode(record.parts, topic: record.topic) {
        case .change:
            origins.append(start: start, count: text.count, partition: record.partition, line: line, offset: record.offset)
            batchRows += 1
            awaitsCreate = decoder.opensKeyUpdate
            batch.events.read += 1
            move(record.partition, past: record.offset)
            partitions[record.partition].progress.take(decoder.lastEventTime)
            fileRows += 1
            if let time = decoder.lastEventTime { fileMaximum = max(fileMaximum ?? time, time) }
        case .passed:
            batch.passed += 1
            move(record.partition, past: record.offset)
        case .refused(let refusal): try refuse(tailNoted(refusal, block), text, record.partition, record.offset)
        }
    }

    /// Heartbeats have a topic of their own; other topics are not looked at, which saves a text a line.
    private func heartbeatTopic(_ parts: LineParts) throws(Refusal) -> String? {
        guard let topic = parts.topic, topic.count > 10, topic.start.load(as: UInt8.self) == UInt8(ascii: "_") else { return nil }
        return try JSONText.string(topic)
    }

    private func move(_ partition: Int, past offset: Int64) {
        partitions[partition].progress.hasMoved = true
        partitions[partition].next = max(partitions[partition].next, offset + 1)
    }

    // MARK: Source partitions

    /// Sources with offsets of their own begin where the ledger says, and nowhere by guess.
    private func settleFormat(_ first: TextSpan) throws(IngestError) {
        isFormatSettled = true
        let found = settings.lines ?? LineDissector.format(ofFirst: first)
        format = found
        if found == .kcat {
            let knowsSources = ledger.map { !$0.partitions.isEmpty || $0.finishedFileCount > 0 } ?? false
            guard !state.hasRows || knowsSources || settings.start != .ledger else {
                throw IngestError(
                    .invalid,
                    "the table has rows but no ledger of source offsets: say where to begin with --from-start, --from-end or --from-offsets FILE")
            }
        } else if fileID == nil {
            summary.notes.append("\(inputName): lines without offsets are read as they come and have no ledger entry")
        }
    }

    private func partition(_ topic: JSONCursor.Text, _ number: Int64) throws(Refusal) -> Int {
        if let known = partitions.find(topic: topic, number: number) { return known }
        let source = try JSONText.string(topic)
        let name = SourceLedger.name(source: source, partition: number)
        let next: Int64 =
            switch settings.start {
            case .fromStart: 0
            case .fromOffsets(let offsets): offsets[name] ?? ledger?.partitions[name]?.next ?? 0
            case .ledger, .fromEnd: ledger?.partitions[name]?.next ?? 0
            }
        let raw = Array(UnsafeRawBufferPointer(start: topic.start, count: topic.count))
        return partitions.add(.init(source: source, number: number, name: name, next: next), topic: raw)
    }

    // MARK: Quarantine

    private func refuse(_ refusal: Refusal, _ text: TextSpan, _ partition: Int, _ offset: Int64) throws(IngestError) {
        guard quarantine != nil else {
            throw IngestError(.invalid, "line \(line): \(refusal.reason)", at: inputName)
        }
        putAside(refusal.reason, text.buffer, partition, offset, line)
        batch.events.read += 1
        batchRows += 1
        if partition != inputPartition || format != .kcat { move(partition, past: offset) }
    }

    private func putAside(_ reason: String, _ event: UnsafeRawBufferPointer, _ partition: Int, _ offset: Int64, _ line: Int) {
        let hasOffset = partition != inputPartition || (format != .kcat && partitions[partition].name != nil)
        let kept = UnsafeRawBufferPointer(rebasing: event.prefix(Self.quarantinedBytes))
        quarantined.append(
            .init(
                source: partitions[partition].source, partition: partitions[partition].number, offset: hasOffset ? offset : nil,
                line: line, reason: reason, event: kept))
        batch.events.quarantined += 1
    }

    // MARK: Chunks

    private func endChunk() async throws {
        guard decoder.rowCount > 0 else { return }
        let transaction = try await openTransaction()
        let byteCount = decoder.byteCount
        var changes = decoder.takeBatch()
        let patches = decoder.takePatches()
        var taken = Array(0..<changes.rows.rowCount)
        if !patches.isEmpty {
            let filled = try await unavailable.fill(changes, patches) { try await transaction.storedRows(forKeys: $0) }
            changes = ChangeBatch(rows: filled.rows, kinds: changes.kinds, eventTimes: changes.eventTimes)
            if decoder.sawOmittingSource { unavailable.keep(changes, byteCount: byteCount) }
            if !filled.missing.isEmpty {
                for row in filled.missing.sorted() {
                    try putAsideRow(row, "a value was not sent because it did not change, and the table has no row of this key to take it from")
                }
                taken = taken.filter { !filled.missing.contains($0) }
                changes = IngestRun.select(changes, taken)
            }
        } else if decoder.sawOmittingSource {
            unavailable.keep(changes, byteCount: byteCount)
        }
        for rejected in try await transaction.stage(changes) { try putAsideRow(taken[rejected.row], rejected.reason) }
        origins.removeAll()
    }

    private static func select(_ changes: ChangeBatch, _ rows: [Int]) -> ChangeBatch {
        let numbers = rows.map { UInt32($0) }
        return ChangeBatch(
            rows: changes.rows.take(numbers), kinds: changes.kinds.map { kinds in rows.map { kinds[$0] } },
            eventTimes: changes.eventTimes?.take(numbers))
    }

    private func putAsideRow(_ row: Int, _ reason: String) throws(IngestError) {
        let origin = origins.rows[row]
        guard quarantine != nil else { throw IngestError(.invalid, "line \(origin.line): \(reason)", at: inputName) }
        origins.event(row).withUnsafeBytes { putAside(reason, $0, Int(origin.partition), origin.offset, origin.line) }
    }

    /// The transaction of this micro-batch; begun late, so that a slow source does not hold the writer's lock.
    private func openTransaction() async throws -> any ChangeTransaction {
        if let transaction { return transaction }
        let begun = try await sink.begin()
        transaction = begun
        let current = try await begun.ledger()
        // Somebody else committed since we looked: what we hold may be committed already.
        guard current?.partitions.mapValues(\.next) == ledger?.partitions.mapValues(\.next)
            && current?.finishedFileCount == ledger?.finishedFileCount
        else {
            throw IngestError(.invalid, "another ingest moved the table's ledger meanwhile: start again")
        }
        ledger = current
        return begun
    }

    // MARK: Micro-batches

    private func endBatch(finishesInput: Bool, _ report: (IngestReport) async throws -> Void) async throws {
        try await endChunk()
        let isMoved = partitions.all.contains { $0.progress.hasMoved && $0.name != nil }
        let finishes = finishesInput && fileID != nil && format != .kcat
        defer {
            batch = IngestReport(input: inputName, commit: CommitReport(operation: .upsert))
            batchStart = nil
            batchRows = 0
            awaitsCreate = false
            unavailable.startBatch()
            partitions.startBatch()
        }
        batch.input = inputName
        if transaction != nil || isMoved || finishes || quarantined.count > 0 { try await commit(isMoved: isMoved, finishes: finishes) }
        guard batch.commit.instant != nil || batch.events.read > 0 || batch.alreadyCommitted > 0 else { return }
        add(batch)
        try await report(batch)
    }

    private func commit(isMoved: Bool, finishes: Bool) async throws {
        let transaction = try await openTransaction()
        var extras = CommitExtras()
        var next = (ledger ?? SourceLedger()).startingCommit()
        if isMoved || finishes {
            let now = runtime.clock.nowMilliseconds()
            if finishes, let fileID {
                let file = SourceLedger.File(id: fileID, rows: fileRows, maximumEventMilliseconds: fileMaximum, atMilliseconds: now)
                partitions[inputPartition].progress.hasMoved = false
                partitions.record(in: &next, at: now)
                next.finish(file, unfinishedAs: SourceLedger.name(source: fileID, partition: 0))
            } else {
                partitions.record(in: &next, at: now)
            }
            extras.metadata.append((SourceLedger.key, next.text))
            if let watermark = Watermark.text(of: next) { extras.metadata.append((Watermark.key, watermark)) }
        }
        extras.eventsRead = batch.events.read
        extras.eventsQuarantined = batch.events.quarantined
        extras.commitsWithoutChanges = isMoved || finishes || quarantined.count > 0
        let lines = quarantined.count > 0 ? quarantined.finish() : nil
        if let lines, let quarantine {
            extras.beforeCompletion = { instant in try await quarantine.put(lines, of: instant) }
        }
        self.transaction = nil
        let done = try await transaction.commit(extras)
        if isMoved || finishes { ledger = next }
        batch.commit = done
        batch.events.inserted = done.inserted
        batch.events.updated = done.updated
        batch.events.deleted = done.deleted
        batch.events.stale = done.stale
        batch.events.duplicate = done.duplicates
        guard let instant = done.instant else { return }
        if let quarantine {
            if lines != nil { batch.quarantine = quarantine.path(of: instant).text }
            // What failed attempts left, they left before this run.
            if !hasSwept { try await quarantine.removeLeftovers(before: instant, of: sink) }
        }
        hasSwept = true
    }

    private func add(_ report: IngestReport) {
        if report.commit.instant != nil { summary.commits += 1 }
        summary.passed += report.passed
        summary.alreadyCommitted += report.alreadyCommitted
        summary.events.read += report.events.read
        summary.events.inserted += report.events.inserted
        summary.events.updated += report.events.updated
        summary.events.deleted += report.events.deleted
        summary.events.stale += report.events.stale
        summary.events.duplicate += report.events.duplicate
        summary.events.quarantined += report.events.quarantined
    }
}
