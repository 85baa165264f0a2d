/// How much a file may ask of its reader. Whatever a header announces beyond these is an error of kind `limit`, raised
/// before anything is allocated for it.
package struct ReadLimits: Hashable, Sendable {
    /// Length of the footer.
    package var footerBytes: Int = 256 << 20
    /// Nesting of Thrift structures; nesting of the schema is held to the same.
    package var depth: Int = 64
    /// Length of a page header. Statistics in it may hold long texts.
    package var pageHeaderBytes: Int = 16 << 20
    /// A page, compressed or not.
    package var pageBytes: Int = 512 << 20
    /// Values, nulls included, that one page may announce.
    package var valuesPerPage: Int = 1 << 28
    /// Entries of a list in one row, entries of nested lists counted: levels stand for very many in very few bytes.
    package var entriesPerRow: Int = 1 << 24

    package init() {}

    package static let `default` = ReadLimits()
}
