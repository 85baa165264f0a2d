import TarnBase

/// The values of one leaf column on their way into pages; one implementation a way of storing. Called once a run of rows, so
/// that the loops inside are over one type.
protocol ValueEncoder: AnyObject {
    func append(_ leaf: ShreddedLeaf) throws(ParquetError)

    /// Bytes of the open page's values before compression, and what they would be without a dictionary.
    var pageByteCount: Int { get }
    /// The page must end here: its values are dictionary codes, those that follow will not be.
    var mustEndPage: Bool { get }
    var pageEncoding: Encoding { get }
    /// Decides what can wait no longer: whether the chunk's first page is written with a dictionary.
    func settle()
    /// Appends the open page's values; changes nothing.
    func encodePage(appendingTo output: inout ByteBuilder)
    func beginPage()

    /// The values of the dictionary page; none without dictionary.
    var dictionaryCount: Int { get }
    var dictionaryByteCount: Int { get }
    func encodeDictionary(appendingTo output: inout ByteBuilder)

    /// nil when no value has an order.
    var bounds: ValueBounds? { get }
    func beginChunk()
}
