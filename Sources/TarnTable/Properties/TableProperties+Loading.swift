import TarnBase
import TarnStorage

extension TableProperties {
    /// Reads a table's properties: the main file, and where that is missing or invalid the `.backup` that an update in
    /// progress leaves (hudi-format §1.2).
    ///
    /// - Throws: ``TableError``: `notFound` when there is neither file, `corrupt` when none of them is valid. A file whose
    ///   checksum key is wrong is not valid.
    ///
    /// Cost: two requests; one where `knownSize`, from a listing of `.hoodie`, is given.
    package static func load(_ table: TableHandle, knownSize: Int64? = nil) async throws -> TableProperties {
        do {
            return try await load(table, from: table.propertiesPath, knownSize: knownSize)
        } catch let fault as TableError where fault.code == .notFound || fault.code == .corrupt {
            do {
                return try await load(table, from: table.propertiesBackupPath, knownSize: nil)
            } catch let second as TableError where second.code == .notFound || second.code == .corrupt {
                guard fault.code == .notFound else { throw fault }
                throw TableError(.notFound, "there is no table here: hoodie.properties is missing", at: table.propertiesPath)
            }
        }
    }

    private static func load(
        _ table: TableHandle, from path: ObjectPath, knownSize: Int64?
    ) async throws -> TableProperties {
        let text: Bytes
        do {
            let limit = ByteCount.mebibytes(16)
            if let knownSize, knownSize <= limit.bytes {
                text = knownSize == 0 ? Bytes() : try await table.store.get(path, ranges: [0..<knownSize])[0]
            } else {
                text = try await table.store.get(path, upTo: limit)
            }
        } catch {
            throw TableError(error, at: path)
        }
        do {
            let properties = try TableProperties(JavaProperties(parsing: text))
            guard properties.checksumHolds else {
                throw TableError(
                    .corrupt, "\(PropertyKey.checksum) is \(properties.storedChecksum ?? 0), of the table's name it is \(properties.expectedChecksum)")
            }
            return properties
        } catch {
            throw TableError(error, at: path)
        }
    }
}
