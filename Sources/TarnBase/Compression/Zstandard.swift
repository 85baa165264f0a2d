import CZstd

/// One reused compression context: its tables are allocated once.
final class ZstandardCompressor {
    private let context: OpaquePointer
    private let level: CInt

    init(level: Int) {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("out of memory for a zstd context") }
        self.context = context
        self.level = CInt(clamping: min(max(level, Int(ZSTD_minCLevel())), Int(ZSTD_maxCLevel())))
    }

    deinit { ZSTD_freeCCtx(context) }

    func compress(_ input: UnsafeRawBufferPointer, appendingTo output: inout ByteBuilder) {
        output.append(upTo: ZSTD_compressBound(input.count)) { target in
            let size = ZSTD_compressCCtx(context, target.baseAddress, target.count, input.baseAddress, input.count, level)
            // The target has the bound's size, so only a lack of memory can fail.
            precondition(ZSTD_isError(size) == 0, "zstd could not compress")
            return size
        }
    }
}

/// One reused decompression context.
final class ZstandardDecompressor {
    private let context: OpaquePointer

    init() {
        guard let context = ZSTD_createDCtx() else { preconditionFailure("out of memory for a zstd context") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func decompress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) throws(CodecError) {
        let size = ZSTD_decompressDCtx(context, target.baseAddress, target.count, source.baseAddress, source.count)
        if ZSTD_isError(size) != 0 {
            if ZSTD_getErrorCode(size) == ZSTD_error_dstSize_tooSmall {
                throw .sizeMismatch(declared: target.count, actual: nil)
            }
            throw .malformed(codec: "zstd", reason: String(cString: ZSTD_getErrorName(size)))
        }
        guard size == target.count else { throw .sizeMismatch(declared: target.count, actual: size) }
    }
}
