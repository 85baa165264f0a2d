import TarnBase
import TarnTable

/// From lines to records: what is blank, cut, foreign or known already goes its own way.
extension IngestRun {
    func take(_ block: LineBlock, _ report: (IngestReport) async throws -> Void) async throws {
        origins.begin(block.bytes)
        let isASCII = block.bytes.withUnsafeBytes { JSONText.isASCII($0) }
        var position = 0
        while position < block.bytes.count {
            position = try takeLines(block, from: position, isASCII: isASCII)
            if isChunkFull || isBatchFull || position < block.bytes.count { try await endChunk() }
            if isBatchFull || isBatchOld { try await endBatch(finishesInput: false, report) }
        }
    }

    /// Takes lines until the block, the chunk or the micro-batch ends, and tells where.
    func takeLines(_ block: LineBlock, from start: Int, isASCII: Bool) throws(IngestError) -> Int {
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

    func takeLine(_ text: TextSpan, at start: Int, _ block: LineBlock, isASCII: Bool) throws(IngestError) {
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
    func tailNoted(_ refusal: Refusal, _ block: LineBlock) -> Refusal {
        block.isUnterminated && refusal.isSyntax ? Refusal("truncated last line: \(refusal.reason)") : refusal
    }

    /// A record to be decoded, and where it stands in its source.
    struct Located {
        let parts: LineParts
        let topic: String?
        let partition: Int
        let offset: Int64
    }

    /// Takes the line apart; nil when there is nothing to decode.
    func locate(_ text: TextSpan) throws(Refusal) -> Located? {
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
    func passLine() {
        if format != .kcat { move(inputPartition, past: Int64(line - 1)) }
    }

    func takeRecord(_ record: Located, _ text: TextSpan, at start: Int, _ block: LineBlock) throws(IngestError) {
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
    func heartbeatTopic(_ parts: LineParts) throws(Refusal) -> String? {
        guard let topic = parts.topic, topic.count > 10, topic.start.load(as: UInt8.self) == UInt8(ascii: "_") else { return nil }
        return try JSONText.string(topic)
    }

    func move(_ partition: Int, past offset: Int64) {
        partitions[partition].progress.hasMoved = true
        partitions[partition].next = max(partitions[partition].next, offset + 1)
    }
}
