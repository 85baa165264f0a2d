import TarnBase
import TarnColumns

extension Column {
    /// About what the values take as PLAIN, all leaves together.
    var plainByteCount: Int {
        switch values {
        case .bits: count / 8
        case .fixed(let bytes): bytes.count
        case .views(let views): views.views.withValues(of: View.self) { $0.reduce(0) { $0 &+ $1.length &+ 4 } }
        case .dictionary(let codes, let dictionary):
            if case .views(let views) = dictionary.values {
                views.views.withValues(of: View.self) { all in
                    // Null slots have code 0, of a dictionary that may be empty.
                    codes.withValues(of: UInt32.self) { $0.reduce(0) { Int($1) < all.count ? $0 &+ all[Int($1)].length &+ 4 : $0 } }
                }
            } else {
                count * (type.fixedWidth ?? 0)
            }
        case .fields(let members): members.reduce(0) { $0 + $1.plainByteCount }
        case .list(let offsets, let elements): elements.entries(offsets).plainByteCount
        case .map(let offsets, let keys, let values):
            keys.entries(offsets).plainByteCount + values.entries(offsets).plainByteCount
        }
    }

    /// The rows that the lists of `offsets` hold.
    private func entries(_ offsets: Bytes) -> Column {
        offsets.withValues(of: Int32.self) { slice(Int($0.first ?? 0)..<Int($0.last ?? 0)) }
    }
}
