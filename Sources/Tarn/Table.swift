public import TarnBase
public import TarnStorage
package import TarnTable
import TarnAvro
import TarnWrite

/// A table: a folder of files, and a timeline that says which of them count.
///
/// A handle, cheap to make and to share; what it tells is read from storage when it is asked. Cost: none by itself.
public struct Table: Sendable {
    package let handle: TableHandle

    /// Where the table is in its store.
    public var path: ObjectPath { handle.path }

    package init(_ handle: TableHandle) { self.handle = handle }

    /// Makes an empty table: puts `hoodie.properties`, if there is none.
    ///
    /// - Parameter path: The table's folder, relative to the store's root.
    /// - Throws: ``TableError``: `alreadyExists`; `invalid` for columns, key or partition fields that no table can have, all
    ///   findings in one message; `unsupported` for what Tarn does not write yet.
    public static func create(
        _ configuration: TableConfiguration, at path: String, in store: any ObjectStore, runtime: Runtime = .system
    ) async throws -> Table {
        try await tableErrors {
            let table = Table(try handle(path, store, runtime))
            try await TableCreation.create(table.handle, properties: try configuration.properties())
            return table
        }
    }

    /// Opens the table in this folder.
    ///
    /// - Throws: ``TableError``: `notFound` when there is none, `corrupt` when its properties cannot be understood.
    ///
    /// Cost: two requests.
    public static func open(_ path: String, in store: any ObjectStore, runtime: Runtime = .system) async throws -> Table {
        try await tableErrors {
            let table = Table(try handle(path, store, runtime))
            _ = try await TableProperties.load(table.handle)
            return table
        }
    }

    private static func handle(_ path: String, _ store: any ObjectStore, _ runtime: Runtime) throws -> TableHandle {
        guard let folder = ObjectPath(path) else {
            throw TableError(.invalid, "'\(path)' is not a path inside a store: no leading or trailing '/', no '.' or '..'")
        }
        return TableHandle(store: store, path: folder, runtime: runtime)
    }
}

extension TableConfiguration {
    /// The properties of the table this describes.
    ///
    /// - Throws: ``TableError``: `invalid` or `unsupported`.
    func properties() throws -> TableProperties {
        guard tableVersion == 6 else { throw TableError(.unsupported, "tables of version \(tableVersion) cannot be created yet; version 6 can") }
        guard orderingFields.count <= 1 else { throw TableError(.invalid, "version 6 takes one ordering field, not \(orderingFields.count)") }
        if mergeMode == .eventTimeOrdering, orderingFields.isEmpty {
            throw TableError(.invalid, "event-time ordering needs an ordering field")
        }
        if mergeMode == .commitTimeOrdering, !orderingFields.isEmpty {
            throw TableError(.unsupported, "commit-time ordering beside an ordering field: leave the ordering field out")
        }
        let findings = ColumnFinding.all(in: schema)
        guard findings.isEmpty else {
            throw TableError(.invalid, "the schema has columns that no table can have: " + findings.map(\.description).joined(separator: "; "))
        }
        let partitionFields = if case .fields(let fields) = partitioning { fields } else { [String]() }
        var definition = TableProperties.Definition(
            name: name, recordKeyFields: recordKey, keyGenerator: try keyGenerator(partitionFields: partitionFields))
        definition.database = database
        definition.type = type == .mergeOnRead ? .mergeOnRead : .copyOnWrite
        definition.orderingField = orderingFields.first
        definition.partitionFields = partitionFields
        definition.hiveStylePartitions = hiveStylePartitioning
        definition.urlEncodedPartitions = urlEncodedPartitioning
        definition.createSchema = try AvroSchema(schema, table: HudiNames(table: name)).description
        return try .version6(definition)
    }

    private func keyGenerator(partitionFields: [String]) throws -> KeyGenerator {
        let told: KeyGeneratorKind =
            recordKey.count > 1 || partitionFields.count > 1 ? .complex : partitionFields.isEmpty ? .nonPartitioned : .simple
        switch keyGenerator ?? told {
        case .simple where told == .simple: return .simple
        case .nonPartitioned where told == .nonPartitioned: return .nonpartitioned
        case .simple, .nonPartitioned:
            throw TableError(.invalid, "the key generator '\(keyGenerator?.rawValue ?? "")' does not fit the key and partition columns")
        case .complex: throw TableError(.unsupported, "complex keys (several key or partition columns) cannot be written yet")
        case .timestamp: throw TableError(.unsupported, "the timestamp key generator cannot be written yet")
        }
    }
}
