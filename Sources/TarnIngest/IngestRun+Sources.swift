import TarnBase
import TarnTable

/// Where the sources of an input begin, and what is put aside of them.
extension IngestRun {
    /// Sources with offsets of their own begin where the ledger says, and nowhere by guess.
    func settleFormat(_ first: TextSpan) throws(IngestError) {
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

    func partition(_ topic: JSONCursor.Text, _ number: Int64) throws(Refusal) -> Int {
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

    func refuse(_ refusal: Refusal, _ text: TextSpan, _ partition: Int, _ offset: Int64) throws(IngestError) {
        guard quarantine != nil else {
            throw IngestError(.invalid, "line \(line): \(refusal.reason)", at: inputName)
        }
        putAside(refusal.reason, text.buffer, partition, offset, line)
        batch.events.read += 1
        batchRows += 1
        if partition != inputPartition || format != .kcat { move(partition, past: offset) }
    }

    func putAside(_ reason: String, _ event: UnsafeRawBufferPointer, _ partition: Int, _ offset: Int64, _ line: Int) {
        let hasOffset = partition != inputPartition || (format != .kcat && partitions[partition].name != nil)
        let kept = UnsafeRawBufferPointer(rebasing: event.prefix(Self.quarantinedBytes))
        quarantined.append(
            .init(
                source: partitions[partition].source, partition: partitions[partition].number, offset: hasOffset ? offset : nil,
                line: line, reason: reason, event: kept))
        batch.events.quarantined += 1
    }
}
