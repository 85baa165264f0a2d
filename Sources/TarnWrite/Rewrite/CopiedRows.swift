package import TarnColumns
package import TarnParquet

/// A row group on its way into a new base file, most of its columns as they lay in the old one.
package struct CopiedRows: Sendable {
    /// In the order of the new file, meta fields in front. That of the file's name is written anew, whatever is here.
    package let columns: [RowGroupColumn]
    /// The record keys, for the new file's filter and range.
    package let keys: Column
    package let rowCount: Int

    package init(columns: [RowGroupColumn], keys: Column) {
        self.columns = columns
        self.keys = keys
        rowCount = keys.count
    }
}
