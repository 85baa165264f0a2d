import ParquetFuzzing
import TarnBase
import TarnTestSupport
import Testing

/// The inputs by which fuzzing (`Tests/Fuzz/fuzz.sh`) reached the corners of the module, once more.
@Suite struct FuzzCorpusTests {
    @Test func `every input of the corpus is read or refused`() throws {
        var count = 0
        try Bytes(contentsOf: repositoryFolder + "/Fixtures/fuzz/parquet.corpus").withUnsafeBytes { corpus in
            var rest = corpus[...]
            while let low = rest.popFirst(), let high = rest.popFirst() {
                let length = Int(low) | Int(high) << 8
                try #require(length <= rest.count)
                read(UnsafeRawBufferPointer(rebasing: rest.prefix(length)))
                rest = rest.dropFirst(length)
                count += 1
            }
        }
        #expect(count > 500)
    }
}
