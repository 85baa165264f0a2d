import TarnBase
import Testing

/// Blocks as liblz4 (through pyarrow) writes them.
@Suite struct LZ4Tests {
    private struct Example {
        let block: [UInt8]
        let text: [UInt8]
    }

    /// Literals and copies that overlap themselves, short and very long, and copies from far back.
    private static let examples: [Example] = [
        Example(block: [0x10, 0x78], text: Array("x".utf8)),
        Example(block: [0], text: []),
        Example(block: bytes("3f616263030005f0072c20616e6420736f206f6e3a20616263616263616263"), text: Array("abcabcabcabcabcabcabcabcabc, and so on: abcabcabc".utf8)),
        Example(block: bytes("1f000100ffffffd7e07461696c206f6620697420616c6c"), text: [UInt8](repeating: 0, count: 1000) + Array("tail of it all".utf8)),
        Example(
            block: bytes(
                "f14e00254a6f94b9de0e33587da2c7ec1c41668bb0d5fa2a4f7499bee308385d82a7ccf116466b90b5daff2454799ec3e80d326287acd1f61b407095badf04294e7ea3"
                    + "c8ed12375c8cb1d6fb20456a9abfe4092e5378a8cdf2173c6186b6db5d0021c4e95d0021d2f75d0021e0055d0021ee135d0021fc215d00210a2f5d0021183d5d002126"
                    + "4b5d002134595d002142675d002150755d00215e835d00216c915d00217a9f5d002188ad5d002196bb5d0021a4c95d0021b2d75d0021c0e55d0021cef35d0021dc015d"
                    + "0021ea0f5d0021f81d5d0021062b5d002114395d002122475d002130555d00d03e6388add2f71c4c7196bbe005"),
            text: (0..<300).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 7 * 11) }),
    ]

    private static func bytes(_ digits: String) -> [UInt8] {
        let digits = Array(digits.utf8)
        func value(_ digit: UInt8) -> UInt8 { digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10 }
        return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }

    private static func bigEndian(_ count: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } }

    @Test func `blocks give what was compressed, bare and in Hadoop's frames`() throws {
        for example in Self.examples {
            #expect(try Decompressor(.lz4).decompress(Bytes(example.block), to: example.text.count).array == example.text)
            #expect(try Decompressor(.hadoopLZ4).decompress(Bytes(example.block), to: example.text.count).array == example.text, "older C++ writers left the frames out")
        }
        let parts = Self.examples.filter { !$0.text.isEmpty }
        let text = parts.flatMap(\.text)
        let framed = parts.flatMap { Self.bigEndian($0.text.count) + Self.bigEndian($0.block.count) + $0.block }
        #expect(try Decompressor(.hadoopLZ4).decompress(Bytes(framed), to: text.count).array == text)
        let oneFrame = Self.bigEndian(text.count) + parts.flatMap { Self.bigEndian($0.block.count) + $0.block }
        #expect(try Decompressor(.hadoopLZ4).decompress(Bytes(oneFrame), to: text.count).array == text)
    }

    @Test func `cut, garbled and lying blocks are errors and never traps`() {
        for format in [Decompressor.Format.lz4, .hadoopLZ4] {
            let decompressor = Decompressor(format)
            for example in Self.examples where example.text.count > 1 {
                let block = format == .lz4 ? example.block : Self.bigEndian(example.text.count) + Self.bigEndian(example.block.count) + example.block
                for length in 0..<block.count {
                    #expect(throws: CodecError.self) { try decompressor.decompress(Bytes(Array(block[0..<length])), to: example.text.count) }
                }
                for declared in [0, 1, example.text.count - 1, example.text.count + 1, example.text.count * 2] {
                    #expect(throws: CodecError.self) { try decompressor.decompress(Bytes(block), to: declared) }
                }
                for position in block.indices {
                    for bit in 0..<8 {
                        var garbled = block
                        garbled[position] ^= 1 << UInt8(bit)
                        _ = try? decompressor.decompress(Bytes(garbled), to: example.text.count)
                    }
                }
            }
        }
    }

    @Test func `what no data of its length can stand for is refused before memory is taken`() {
        for format in [Decompressor.Format.lz4, .hadoopLZ4, .snappy, .gzip, .zstd] {
            #expect(throws: CodecError.sizeMismatch(declared: 1 << 40, actual: nil)) { try Decompressor(format).decompress(Bytes([1, 2, 3]), to: 1 << 40) }
        }
    }
}
