import ParquetFuzzing

/// What libFuzzer calls with each input; `fuzz.sh` compiles it together with `ParquetFuzzing`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    if let start { read(UnsafeRawBufferPointer(start: start, count: count)) }
    return 0
}
