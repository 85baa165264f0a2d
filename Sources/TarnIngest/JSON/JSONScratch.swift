/// Memory for one value that does not stand in the text as it is: unescaped, or decoded from base64.
/// What a call returns lives until the next one of the same name; 64 bytes behind it may be read.
final class JSONScratch {
    private var text = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private var binary = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 16)

    deinit {
        text.deallocate()
        binary.deallocate()
    }

    func unescape(_ source: JSONCursor.Text) throws(Refusal) -> UnsafeRawBufferPointer {
        guard source.isEscaped else { return UnsafeRawBufferPointer(start: source.start, count: source.count) }
        JSONScratch.reserve(&text, source.count)
        let count = try JSONText.unescape(source, to: text.baseAddress!)
        return UnsafeRawBufferPointer(start: text.baseAddress, count: count)
    }

    func base64(_ source: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        JSONScratch.reserve(&binary, source.count)
        guard let count = JSONScalars.base64(source, to: binary.baseAddress!) else { return nil }
        return UnsafeRawBufferPointer(start: binary.baseAddress, count: count)
    }

    private static func reserve(_ buffer: inout UnsafeMutableRawBufferPointer, _ count: Int) {
        guard buffer.count < count + 64 else { return }
        buffer.deallocate()
        buffer = .allocate(byteCount: max(count + 64, buffer.count * 2), alignment: 16)
    }
}
