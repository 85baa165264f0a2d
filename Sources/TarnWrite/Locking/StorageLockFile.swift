package import TarnBase
package import TarnStorage
package import TarnTable

/// The content of Hudi's lock object `.hoodie/.locks/table_lock.json`, byte for byte as Hudi 1.1 writes it:
/// `{"expired":false,"validUntil":1768032060000,"owner":"c41b…"}`.
package struct StorageLockFile: Hashable, Sendable {
    /// Given back by its owner: anybody may take it at once.
    package var isExpired: Bool
    /// Milliseconds since 1970 UTC, by the owner's clock.
    package var validUntil: Int64
    /// A UUID of this one taking of the lock.
    package var owner: String

    package static let name = ".locks/table_lock.json"
    /// A hostile object must not decide how much is read.
    static let limit = ByteCount.kibibytes(64)

    package init(isExpired: Bool, validUntil: Int64, owner: String) {
        self.isExpired = isExpired
        self.validUntil = validUntil
        self.owner = owner
    }

    package var encoded: Bytes {
        Bytes(
            JSON.object([.init("expired", .bool(isExpired)), .init("validUntil", .int(validUntil)), .init("owner", .string(owner))])
                .description)
    }

    /// Members of later releases are passed over.
    ///
    /// - Throws: ``TableError`` `corrupt`: whether somebody holds the lock cannot be told.
    package init(parsing bytes: Bytes, at path: ObjectPath) throws(TableError) {
        let content = try? JSON(parsing: bytes)
        guard let isExpired = content?["expired"]?.boolValue, let validUntil = content?["validUntil"]?.intValue,
            let owner = content?["owner"]?.stringValue
        else { throw TableError(.corrupt, "this is no lock; when no writer is at work, delete it", at: path) }
        self.init(isExpired: isExpired, validUntil: validUntil, owner: owner)
    }

    /// Whether another than the owner may take the lock: `lock.takeover-after-expiry`.
    package func isFree(nowMilliseconds now: Int64, clockSkewMilliseconds skew: Int64) -> Bool { isExpired || now - skew > validUntil }
}
