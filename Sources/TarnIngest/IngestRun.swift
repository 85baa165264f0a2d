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

    let sink: any ChangeSink
    let settings: IngestSettings
    let quarantine: QuarantineFolder?
    let runtime: Runtime
    let state: SinkState
    let decoder: EventDecoder
    let dissector = LineDissector()
    let unavailable: UnavailableValues

    /// The table's ledger after the last commit.
    var ledger: SourceLedger?
    var partitions = SourcePartitions()
    /// Whether quarantine files of failed attempts were looked for.
    var hasSwept = false
    var summary = IngestSummary()

    // The input at hand.
    var format: LineFormat?
    var isFormatSettled = false
    var inputName = ""
    /// The input itself as a source partition: of a file, or of lines without offsets.
    var inputPartition = 0
    var line = 0
    var fileID: String?
    var fileRows: Int64 = 0
    var fileMaximum: Int64?

    // The micro-batch at hand.
    var transaction: (any ChangeTransaction)?
    var batchStart: UInt64?
    var batchRows = 0
    var awaitsCreate = false
    var batch = IngestReport(input: "", commit: CommitReport(operation: .upsert))
    var quarantined = QuarantineLines()
    var origins = RecordOrigins()
    var commitsLedger = false

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

    func next(of reader: LineReader) async throws -> LineReader.Step {
        guard let transaction else { return try await reader.next(within: waitingTime()) }
        return try await transaction.holdingLock { try await reader.next(within: waitingTime()) }
    }

    func startInputPartition(_ input: EventInput) {
        let name = input.fileID.map { SourceLedger.name(source: $0, partition: 0) }
        let next = name.flatMap { ledger?.partitions[$0]?.next } ?? 0
        inputPartition = partitions.add(.init(source: input.name, number: nil, name: name, next: next))
    }
}
