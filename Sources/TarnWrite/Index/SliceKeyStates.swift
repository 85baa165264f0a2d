import TarnAvro
import TarnColumns

/// What one slice says of the keys of a directory, while its base file and then its logs are gone through: the rules of
/// ``MergeRule``, on keys and ordering values alone.
///
/// One owner; made once for many slices. Memory: 28 bytes an entry.
final class SliceKeyStates {
    private enum Logged: UInt8 {
        case nothing, row
        /// A row that says of itself that it is a delete.
        case markedRow
        case delete
    }

    private struct State: BitwiseCopyable {
        var storedOrdering: Int64 = 0
        var loggedOrdering: Int64 = 0
        var row: UInt32 = 0
        var isStored = false
        var isTouched = false
        var logged = Logged.nothing
    }

    private let comparesWithStored: Bool
    private var states: [State]
    private var touched: [UInt32] = []

    init(entryCount: Int, comparesWithStored: Bool) {
        states = Array(repeating: State(), count: entryCount)
        self.comparesWithStored = comparesWithStored
    }

    private func touch(_ entry: Int) {
        if states[entry].isTouched { return }
        states[entry].isTouched = true
        touched.append(UInt32(entry))
    }

    /// A row of the base file. Of several of one key the first counts, as in readers.
    func see(stored match: KeyMatch) {
        let entry = Int(match.entry)
        touch(entry)
        guard !states[entry].isStored else { return }
        states[entry].isStored = true
        states[entry].row = match.row
        states[entry].storedOrdering = match.ordering
    }

    /// A record of a data block: it takes the place of an earlier one, unless that one's value is greater.
    func see(logged entry: Int, ordering: Int64, isDelete: Bool) {
        touch(entry)
        switch states[entry].logged {
        case .row, .markedRow: if states[entry].loggedOrdering > ordering { return }
        case .nothing, .delete: break
        }
        states[entry].logged = isDelete ? .markedRow : .row
        states[entry].loggedOrdering = ordering
    }

    /// A key of a delete block: the logs' record goes, unless its value is greater; the stored row goes with it.
    ///
    /// - Parameter ordering: nil where it is not compared.
    func see(deleted entry: Int, ordering: Int64?) {
        touch(entry)
        switch states[entry].logged {
        case .row, .markedRow: if let ordering, states[entry].loggedOrdering > ordering { return }
        case .nothing, .delete: break
        }
        states[entry].logged = .delete
    }

    /// Calls `body` for every key whose row a snapshot shows, and forgets the slice.
    func endSlice(_ body: (KeyMatch) throws -> Void) rethrows {
        for number in touched {
            let entry = Int(number)
            let state = states[entry]
            states[entry] = State()
            func match(_ ordering: Int64) -> KeyMatch { KeyMatch(row: state.row, entry: number, ordering: ordering) }
            switch state.logged {
            case .delete: continue
            case .nothing: try body(match(state.storedOrdering))
            case .row, .markedRow:
                if comparesWithStored, state.isStored, state.storedOrdering > state.loggedOrdering {
                    try body(match(state.storedOrdering))
                } else if state.logged == .row {
                    try body(match(state.loggedOrdering))
                }
            }
        }
        touched.removeAll(keepingCapacity: true)
    }
}

extension DeletedKeys.Ordering {
    /// As ``Column/orderingValues()`` maps values of `type`; nil where Java compares values of another class, and so does not
    /// compare (hudi-format §7.1).
    func comparable(as type: DataType?) -> Int64? {
        switch (type, self) {
        case (.boolean, .boolean(let value)): value ? 1 : 0
        case (.int32, .int(let value)), (.date, .int(let value)): Int64(value)
        case (.int64, .long(let value)), (.timestamp, .long(let value)), (.time, .long(let value)): value
        case (.float, .float(let value)): Column.orderingValue(Double(value))
        case (.double, .double(let value)): Column.orderingValue(value)
        default: nil
        }
    }
}
