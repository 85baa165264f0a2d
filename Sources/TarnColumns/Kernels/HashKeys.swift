package import TarnBase

/// A 128-bit hash for each row of a key column, 16 bytes a row: what look-ups compare instead of keys.
///
/// Seeded, for one process only (``KeyHash``). Null rows have the hash 0, 0.
package struct KeyHashes: Sendable {
    /// `count` times a low and a high `UInt64`.
    package let bytes: Bytes
    package let count: Int

    @frozen
    package struct Value: BitwiseCopyable, Hashable, Sendable {
        package let low: UInt64
        package let high: UInt64
        @inlinable
        package init(low: UInt64, high: UInt64) {
            self.low = low
            self.high = high
        }
    }

    @inlinable
    package subscript(row: Int) -> Value {
        precondition(row >= 0 && row < count)
        return bytes.withValues(of: Value.self) { $0[row] }
    }
}

extension Column {
    /// The hash of every row's bytes: the text of strings and binaries, the little-endian value of fixed-width types.
    /// Equal values of one type have equal hashes, whether plain or dictionary coded.
    ///
    /// - Precondition: the type is neither nested nor boolean.
    package func hashKeys(_ hash: KeyHash) -> KeyHashes {
        if case .dictionary(let codes, let dictionary) = values, dictionary.count <= count {
            return gatherHashes(codes, dictionary.hashKeys(hash))
        }
        guard let source = FlatValues(self) else { preconditionFailure("\(type) is no key type") }
        defer { withExtendedLifetime(self) {} }
        let isText = type == .string || type == .binary
        let bytes = fixedBytes(count, of: KeyHashes.Value.self) { target in
            if isText {
                for row in 0..<count { target[row] = Column.hash(source.text(row), hash) }
            } else {
                for row in 0..<count {
                    let value = UnsafeRawBufferPointer(
                        start: source.values + source.index(row) &* source.width, count: source.width)
                    target[row] = Column.hash(value, hash)
                }
            }
            clearNulls(target)
        }
        return KeyHashes(bytes: bytes, count: count)
    }

    private func gatherHashes(_ codes: Bytes, _ entries: KeyHashes) -> KeyHashes {
        let bytes = entries.bytes.withValues(of: KeyHashes.Value.self) { entries in
            codes.withValues(of: UInt32.self) { codes in
                fixedBytes(count, of: KeyHashes.Value.self) { target in
                    guard !entries.isEmpty else {
                        target.initialize(repeating: KeyHashes.Value(low: 0, high: 0), count: count)
                        return
                    }
                    for row in 0..<count { target[row] = entries[Int(codes[row])] }
                    clearNulls(target)
                }
            }
        }
        return KeyHashes(bytes: bytes, count: count)
    }

    private func clearNulls(_ target: UnsafeMutablePointer<KeyHashes.Value>) {
        guard let validity else { return }
        for row in (!validity).setRows { target[Int(row)] = KeyHashes.Value(low: 0, high: 0) }
    }

    @inline(__always)
    private static func hash(_ bytes: UnsafeRawBufferPointer, _ hash: KeyHash) -> KeyHashes.Value {
        let (low, high) = hash.hash128(bytes.baseAddress.unsafelyUnwrapped, count: bytes.count)
        return KeyHashes.Value(low: low, high: high)
    }
}
