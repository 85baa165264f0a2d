/// Names of the two kinds of side files that a folder of a local table may hold.
enum LocalNames {
    /// `.<name>.<16 hexadecimal digits>.tmp`: a file of ours that is not finished. Beside its final place, so that both are
    /// on one file system; with a leading dot, so that it is no timeline file and no base file to any reader
    /// (hudi-format-v6 2.4).
    static func temporary(for name: String, random: UInt64) -> String {
        let digits = String(random, radix: 16)
        var stem = name
        // 255 bytes is the longest name of every common file system.
        while stem.utf8.count > 255 - 22 { stem.removeLast() }
        return ".\(stem).\(String(repeating: "0", count: 16 - digits.count))\(digits).tmp"
    }

    static func isTemporary(_ name: some StringProtocol) -> Bool {
        let bytes = Array(name.utf8)
        guard bytes.count > 22, bytes[0] == UInt8(ascii: "."), bytes.suffix(4).elementsEqual(".tmp".utf8) else { return false }
        let digits = bytes.dropLast(4).suffix(16)
        return bytes[bytes.count - 21] == UInt8(ascii: ".")
            && digits.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) }
    }

    /// `.<name>.crc`: where Hadoop's local file system keeps the checksums of `name`, and fails every read of a file that
    /// does not fit them (hudi-format-v6 1.1). nil for such a file itself.
    static func checksum(for name: String) -> String? {
        name.utf8.first == UInt8(ascii: ".") && name.utf8.suffix(4).elementsEqual(".crc".utf8) ? nil : ".\(name).crc"
    }
}
