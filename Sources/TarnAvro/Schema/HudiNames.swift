/// The names that Spark gives a table's Avro types (format §4.3).
///
///     HudiNames(table: "my-table")    record my__table_record in namespace hoodie.my__table
package struct HudiNames: Hashable, Sendable {
    package let record: AvroName

    package init(table: String) {
        let name = HudiNames.sanitized(table)
        record = AvroName(name + "_record", namespace: "hoodie." + name)
    }

    /// The five columns Hudi puts in front of a table's own, in order.
    package static let metaFields = [
        "_hoodie_commit_time", "_hoodie_commit_seqno", "_hoodie_record_key", "_hoodie_partition_path", "_hoodie_file_name",
    ]

    /// Whether Hudi reserves the name. `_hoodie_is_deleted` is a column that users may have.
    package static func isMetaField(_ name: String) -> Bool {
        name.hasPrefix("_hoodie_") && name != "_hoodie_is_deleted"
    }

    /// Every character that Avro does not take becomes `__`; so does a first digit, which is lost, as in Java.
    static func sanitized(_ name: String) -> String {
        var text = ""
        for (index, scalar) in name.unicodeScalars.enumerated() {
            let isDigit = ("0"..."9").contains(scalar)
            let isLegal = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_" || (isDigit && index > 0)
            if isLegal { text.unicodeScalars.append(scalar) } else { text += "__" }
        }
        return text
    }
}
