import TarnBase

extension Column {
    /// The same values, copied where the column keeps alive much more memory than it uses: less than half of a text
    /// buffer or of a fixed-width buffer, unused children of lists, dictionaries larger than the column.
    package func compacted() -> Column {
        let compact: Values
        switch values {
        case .bits(let bits): compact = .bits(bits.compacted())
        case .fixed(let bytes): compact = .fixed(bytes.compactedIfSparse())
        case .views(let views): compact = .views(views.compacted())
        case .dictionary(let codes, let dictionary):
            if dictionary.count > 2 * count { return decoded().compacted() }
            compact = .dictionary(codes: codes.compactedIfSparse(), dictionary: dictionary)
        case .list(let offsets, let elements):
            let (offsets, range) = Column.rebased(offsets)
            compact = .list(offsets: offsets, elements: elements.slice(range).compacted())
        case .map(let offsets, let keys, let values):
            let (offsets, range) = Column.rebased(offsets)
            compact = .map(
                offsets: offsets, keys: keys.slice(range).compacted(), values: values.slice(range).compacted())
        case .fields(let columns): compact = .fields(columns.map { $0.compacted() })
        }
        return Column(type, count: count, values: compact, validity: validity?.compacted())
    }

    /// The same values, the long text of views copied where less than half of the buffers it lies in is used. Dictionaries stay.
    package func packingText() -> Column {
        let packed: Values
        switch values {
        case .bits, .fixed, .dictionary: return self
        case .views(let views): packed = .views(views.compacted())
        case .list(let offsets, let elements): packed = .list(offsets: offsets, elements: elements.packingText())
        case .map(let offsets, let keys, let values): packed = .map(offsets: offsets, keys: keys.packingText(), values: values.packingText())
        case .fields(let columns): packed = .fields(columns.map { $0.packingText() })
        }
        return Column(type, count: count, values: packed, validity: validity)
    }

    /// Offsets from 0, and the child rows they address.
    static func rebased(_ offsets: Bytes) -> (Bytes, Range<Int>) {
        offsets.withValues(of: Int32.self) { source in
            let first = source[0]
            let last = source[source.count - 1]
            if first == 0 { return (offsets.compactedIfSparse(), 0..<Int(last)) }
            let rebased = fixedBytes(source.count, of: Int32.self) { target in
                for index in 0..<source.count { target[index] = source[index] &- first }
            }
            return (rebased, Int(first)..<Int(last))
        }
    }

    /// Calls `body` with every buffer the column keeps alive.
    func forEachBuffer(_ body: (Bytes) -> Void) {
        if let validity { body(validity.bytes) }
        switch values {
        case .bits(let bits): body(bits.bytes)
        case .fixed(let bytes): body(bytes)
        case .views(let views):
            body(views.views)
            for buffer in views.buffers { body(buffer) }
        case .dictionary(let codes, let dictionary):
            body(codes)
            dictionary.forEachBuffer(body)
        case .list(let offsets, let elements):
            body(offsets)
            elements.forEachBuffer(body)
        case .map(let offsets, let keys, let values):
            body(offsets)
            keys.forEachBuffer(body)
            values.forEachBuffer(body)
        case .fields(let columns): for column in columns { column.forEachBuffer(body) }
        }
    }

    /// How much memory the column keeps alive, each buffer counted once and in full.
    package var retainedByteCount: Int { Column.retainedByteCount([self]) }

    package static func retainedByteCount(_ columns: [Column]) -> Int {
        var seen: Set<ObjectIdentifier> = []
        var total = 0
        for column in columns {
            column.forEachBuffer { bytes in
                if seen.insert(bytes.bufferIdentity).inserted { total += bytes.retainedByteCount }
            }
        }
        return total
    }
}

extension RecordBatch {
    /// The same rows, copied where little of the memory kept alive is used.
    package func compacted() -> RecordBatch {
        RecordBatch(schema: schema, columns: columns.map { $0.compacted() }, rowCount: rowCount)
    }

    /// How much memory the batch keeps alive, each buffer counted once and in full: what to reserve in a budget.
    package var retainedByteCount: Int { Column.retainedByteCount(columns) }
}

extension Bytes {
    /// A copy if this keeps alive more than twice its own size.
    func compactedIfSparse() -> Bytes { retainedByteCount > 2 * count + 4096 ? compacted() : self }
}

extension Bitmap {
    func compacted() -> Bitmap { Bitmap(bytes.compactedIfSparse(), count: count) }
}

extension Views {
    /// The same values; the text is packed into new buffers if less than half of the old ones is used.
    func compacted() -> Views {
        var used = 0
        views.withValues(of: View.self) { all in for view in all where !view.isInline { used &+= view.length } }
        var seen: Set<ObjectIdentifier> = []
        var retained = 0
        for buffer in buffers where seen.insert(buffer.bufferIdentity).inserted { retained += buffer.retainedByteCount }
        if retained <= 2 * used + 4096 { return Views(views: views.compactedIfSparse(), buffers: buffers) }
        let text = TextBuffers()
        let packed = withViews { all, pointers in
            fixedBytes(all.count, of: View.self) { target in
                guard let first = all.baseAddress else { return }
                for index in 0..<all.count {
                    let view = all[index]
                    target[index] = view.isInline ? view : text.append(View.content(first + index, pointers))
                }
            }
        }
        return Views(views: packed, buffers: text.finish())
    }
}
