import TarnBase
import Testing

@Suite struct CodecTests {
    static let codecs: [Codec] = [.none, .zstd(level: 3), .zstd(level: 19), .snappy, .gzip(level: 6)]

    static let inputs: [Bytes] = [
        Bytes(), Bytes("a"), Bytes(String(repeating: "conversation ", count: 40_000)),
        Bytes((0..<100_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }),
    ]

    @Test(arguments: codecs)
    func `what a codec compresses it gives back, again and again with one context`(codec: Codec) throws {
        let compressor = Compressor(codec)
        let decompressor = Decompressor(codec)
        for input in Self.inputs + Self.inputs {
            let packed = compressor.compress(input)
            #expect(packed == codec.compress(input), "a reused context writes what a fresh one does")
            #expect(try decompressor.decompress(packed, to: input.count) == input)
        }
    }

    @Test(arguments: codecs)
    func `a size other than the declared one is an error, too small or too large`(codec: Codec) throws {
        let decompressor = Decompressor(codec)
        for input in Self.inputs.dropFirst() {
            let packed = codec.compress(input)
            for declared in [0, input.count / 2, input.count - 1, input.count + 1, input.count * 3] {
                #expect {
                    _ = try decompressor.decompress(packed, to: declared)
                } throws: {
                    if case .sizeMismatch(declared, _)? = $0 as? CodecError { true } else { false }
                }
            }
            #expect(try decompressor.decompress(packed, to: input.count) == input, "an error does not spoil the context")
        }
    }

    @Test(arguments: codecs.dropFirst())
    func `cut and garbled data is an error and never a trap`(codec: Codec) throws {
        let decompressor = Decompressor(codec)
        let input = Self.inputs[2]
        let packed = codec.compress(input)
        for cut in [1, 2, packed.count / 2, packed.count - 1] {
            #expect(throws: CodecError.self) { try decompressor.decompress(packed[0..<cut], to: input.count) }
        }
        for position in stride(from: 0, to: packed.count, by: 7) {
            var garbled = packed.array
            garbled[position] ^= 0x55
            _ = try? decompressor.decompress(Bytes(garbled), to: input.count)
        }
        let noise = Self.inputs[3]
        #expect(throws: CodecError.self) { try decompressor.decompress(noise, to: 1000) }
    }

    @Test func `gzip members and zstd frames one after another are one run`() throws {
        for codec in [Codec.gzip(), .zstd()] {
            let parts = [Bytes("one "), Bytes(), Bytes("and two")]
            var joined = ByteBuilder()
            for part in parts { joined.append(codec.compress(part)) }
            #expect(try codec.decompress(joined.finish(), to: 11) == Bytes("one and two"))
        }
        var trailing = ByteBuilder()
        trailing.append(Codec.gzip().compress(Bytes("one")))
        trailing.append(utf8: "rubbish")
        let bytes = trailing.finish()
        #expect(throws: CodecError.self) { try Codec.gzip().decompress(bytes, to: 3) }
    }
}
