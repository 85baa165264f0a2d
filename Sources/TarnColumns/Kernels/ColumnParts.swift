import TarnBase

/// The parts of a column whose shape is known from its type.
extension Column {
    /// The values of a boolean column.
    var bitValues: Bitmap {
        guard case .bits(let bits) = values else { preconditionFailure("not a boolean column") }
        return bits
    }

    /// The offsets of a list or map column.
    var offsetBytes: Bytes {
        switch values {
        case .list(let offsets, _), .map(let offsets, _, _): return offsets
        default: preconditionFailure("not a list or map column")
        }
    }

    /// The codes of a dictionary column.
    var codeBytes: Bytes {
        guard case .dictionary(let codes, _) = values else { preconditionFailure("not a dictionary column") }
        return codes
    }

    /// The columns inside a list (its elements), a map (keys, values) or a struct (its fields).
    var children: [Column] {
        switch values {
        case .list(_, let elements): [elements]
        case .map(_, let keys, let values): [keys, values]
        case .fields(let columns): columns
        default: []
        }
    }
}
