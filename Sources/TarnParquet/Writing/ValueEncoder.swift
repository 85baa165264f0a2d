import TarnBase

/// The values of one leaf column on their way into pages; one implementation a way of storing. Called once a run of rows, so
/// that the loops inside are over one type.
protocol ValueEncoder: AnyObject {
    func append(_ leaf: ShreddedLeaf) throws(ParquetError)

    /// Bytes of the open page's values before compression: as PLAIN, or as codes.
    var pageByteCount: Int { get }
    /// The page must end here: its values are dictionary codes, those that follow will not be.
    var mustEndPage: Bool { get }
    var pageEncoding: Encoding { get }
    /// Decides what can wait no longer: whether the chunk's first page is written with a dictionary, and how values are
    /// written that are in none.
    ///
    /// - Parameter size: What the bytes that a closure appends take when compressed.
    func settle(_ size: (_ fill: (inout ByteBuilder) -> Void) -> Int)
    /// Appends the open page's values; changes nothing.
    func encodePage(appendingTo output: inout ByteBuilder)
    /// Of the settled page; nil when no value has an order.
    var pageBounds: ValueBounds? { get }
    /// Of the settled page's byte arrays, without lengths; nil for other types.
    var pageByteArrayByteCount: Int? { get }
    /// The hashes of a bloom filter: of the settled page's values; nothing when they are codes.
    func hashPage(into hashes: Scratch<UInt64>)
    func beginPage()

    /// The values of the dictionary page; none without dictionary.
    var dictionaryCount: Int { get }
    var dictionaryByteCount: Int { get }
    func encodeDictionary(appendingTo output: inout ByteBuilder)
    func hashDictionary(into hashes: Scratch<UInt64>)

    func beginChunk()
}

extension ValueEncoder {
    var pageByteArrayByteCount: Int? { nil }
}
