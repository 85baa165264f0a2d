package import TarnTable

/// Makes tables.
package enum TableCreation {
    /// Puts `hoodie.properties` of a new table, if there is none. The schema of the rows is the properties' create schema.
    ///
    /// - Throws: ``TableFault`` `alreadyExists`; `invalid` or `unsupported` for columns or key fields that no table can
    ///   have (hudi-format §3.4).
    package static func create(_ table: TableHandle, properties: TableProperties) async throws {
        throw TableFault(.unsupported, "creating")
    }
}
