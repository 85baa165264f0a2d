/// Compresses one run of bytes after another with the same context. Not shared between threads.
///
/// The output depends on the input and the codec alone, never on what was compressed before.
package final class Compressor {
    private enum State {
        case none
        case zstd(ZstandardCompressor)
        case snappy
        case gzip(GzipCompressor)
    }

    package let codec: Codec
    private let state: State

    package init(_ codec: Codec) {
        self.codec = codec
        state =
            switch codec {
            case .none: .none
            case .zstd(let level): .zstd(ZstandardCompressor(level: level))
            case .snappy: .snappy
            case .gzip(let level): .gzip(GzipCompressor(level: level))
            }
    }

    /// Appends the compressed form of `input` to `output`. For ``Codec/none`` that is a copy.
    package func compress(_ input: UnsafeRawBufferPointer, appendingTo output: inout ByteBuilder) {
        switch state {
        case .none: output.append(input)
        case .zstd(let compressor): compressor.compress(input, appendingTo: &output)
        case .snappy: Snappy.compress(input, appendingTo: &output)
        case .gzip(let compressor): compressor.compress(input, appendingTo: &output)
        }
    }

    /// `bytes` compressed; the same bytes for ``Codec/none``.
    package func compress(_ bytes: Bytes) -> Bytes {
        if codec == .none { return bytes }
        var output = ByteBuilder()
        bytes.withUnsafeBytes { compress($0, appendingTo: &output) }
        return output.finish()
    }
}
