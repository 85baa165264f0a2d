import CCrypto
package import TarnBase

/// Digests, over libcrypto.
package enum Digest {
    package static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { digest(bytes, EVP_sha256()) }
    package static func sha256(_ bytes: Bytes) -> [UInt8] { bytes.withUnsafeBytes { sha256($0) } }
    package static func sha256(_ text: String) -> [UInt8] { sha256(Bytes(text)) }

    /// For `Content-MD5`, where protocols ask for it: no protection.
    package static func md5(_ bytes: Bytes) -> [UInt8] { bytes.withUnsafeBytes { digest($0, EVP_md5()) } }

    package static func hmacSHA256(key: [UInt8], _ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { text in
            [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
                var length: UInt32 = 0
                let done = HMAC(EVP_sha256(), key, Int32(key.count), text.baseAddress, text.count, output.baseAddress, &length)
                precondition(done != nil, "libcrypto cannot compute HMAC-SHA-256")
                count = Int(length)
            }
        }
    }

    private static func digest(_ bytes: UnsafeRawBufferPointer, _ algorithm: OpaquePointer?) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { output, count in
            var length: UInt32 = 0
            let done = EVP_Digest(bytes.baseAddress, bytes.count, output.baseAddress, &length, algorithm, nil)
            precondition(done == 1, "libcrypto lacks a digest that Tarn needs")
            count = Int(length)
        }
    }

    package static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    package static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32($1 < group.count ? group[start + $1] : 0) }
            for digit in 0..<4 {
                text.append(digit <= group.count ? digits[Int(word >> UInt32(18 - 6 * digit)) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
