/// How log records of one key are merged, and with the stored row: what Spark 0.15 does on a table of version 6
/// (hudi-format §7.1).
///
/// Inside logs the greater ordering value wins, the later record between equals; without an ordering field the later one
/// always wins. A delete block takes away an earlier log record, unless its ordering value is of the column's own class,
/// not the int 0, and smaller; it takes away the stored row whatever its value, and leaves nothing behind for a later record
/// to be compared with.
package struct MergeRule: Hashable, Sendable {
    /// nil: commits are ordered, records are not.
    package let orderingField: String?
    /// Whether a stored row with a greater ordering value stays.
    package let comparesWithStored: Bool

    package init(orderingField: String?, comparesWithStored: Bool) {
        self.orderingField = orderingField
        self.comparesWithStored = comparesWithStored && orderingField != nil
    }

    /// By the payload class, else by 0.15's default for it.
    ///
    /// - Throws: ``TableError`` `unsupported` for other payload classes, which only Java can run, and for an ordering field
    ///   inside a struct.
    package init(_ properties: TableProperties) throws(TableError) {
        if properties.orderingFields.count > 1 || properties.orderingField?.contains(".") == true {
            throw TableError(.unsupported, "merging by the ordering field '\(properties.orderingFields.joined(separator: ","))' does not work")
        }
        let name = properties.payloadClass ?? "org.apache.hudi.common.model.OverwriteWithLatestAvroPayload"
        switch name.split(separator: ".").last.map(String.init) ?? name {
        case "OverwriteWithLatestAvroPayload": self.init(orderingField: properties.orderingField, comparesWithStored: false)
        case "DefaultHoodieRecordPayload", "EventTimeAvroPayload": self.init(orderingField: properties.orderingField, comparesWithStored: true)
        default: throw TableError(.unsupported, "merging by the payload class \(name) does not work", at: nil)
        }
    }
}
