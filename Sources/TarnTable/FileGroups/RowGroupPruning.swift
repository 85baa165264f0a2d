package import TarnColumns
import TarnParquet

extension BaseFileReader {
    /// The row groups, as positions in the footer, that may hold a row for which the filter is true. The others certainly
    /// hold none: what their statistics say of the filter's columns rules it out.
    package func rowGroups(matching filter: BoundFilter) -> [Int] { metadata.rowGroups(matching: filter) }
}
