import TarnBase
import TarnColumns

/// The levels of the open page, one byte each; not even that as long as all are the same, which is what most columns do.
final class LevelBuffer {
    private let maximum: Int
    private let bitWidth: Int
    private(set) var count = 0
    /// The level of all slots so far; nil once two differed, and before the first.
    private var uniform: UInt8?
    private let levels = Scratch<UInt8>()

    /// - Parameter maximum: The highest level; at 0 nothing is kept or written.
    init(maximum: Int) {
        self.maximum = maximum
        bitWidth = maximum == 0 ? 0 : RunLengthBitPackedEncoding.bitWidth(for: maximum)
    }

    func append(_ added: ShreddedLeaf.DefinitionLevels, count addedCount: Int) {
        switch added {
        case .uniform(let level): append(repeating: level, count: addedCount)
        case .validity(let bitmap, let present): append(bitmap, present: present)
        case .levels(let levels): append(levels)
        }
    }

    func append(_ added: [UInt8]) {
        guard bitWidth > 0, !added.isEmpty else { return }
        spread()
        added.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { levels.append(base, count: source.count) }
        }
        count += added.count
    }

    private func append(repeating level: UInt8, count added: Int) {
        guard bitWidth > 0, added > 0 else { return }
        if count == 0 { uniform = level }
        if uniform == level {
            count += added
            return
        }
        spread()
        levels.append(repeating: level, count: added)
        count += added
    }

    private func append(_ bitmap: Bitmap, present: UInt8) {
        guard bitWidth > 0 else { return }
        spread()
        let target = UnsafeMutableRawPointer(levels.reserve(bitmap.count + 8))
        // Eight bits to eight bytes: each byte keeps its own bit, which is then moved to the lowest place.
        let below = UInt64(present &- 1) &* 0x0101_0101_0101_0101
        bitmap.bytes.withUnsafeBytes { bits in
            for byte in 0..<((bitmap.count + 7) / 8) {
                let own = (UInt64(bits[byte]) &* 0x0101_0101_0101_0101) & 0x8040_2010_0804_0201
                let set = ((own &+ 0x7F7F_7F7F_7F7F_7F7F) &>> 7) & 0x0101_0101_0101_0101
                target.storeBytes(of: below &+ set, toByteOffset: byte &* 8, as: UInt64.self)
            }
        }
        levels.count += bitmap.count
        count += bitmap.count
    }

    private func spread() {
        guard let level = uniform else { return }
        levels.append(repeating: level, count: count)
        uniform = nil
    }

    /// About what the levels take in the page.
    var byteCount: Int { uniform != nil ? 0 : levels.count * bitWidth / 8 }

    /// The runs; `withLength`, as version 1 pages hold levels, behind their length in 4 bytes.
    func encode(withLength: Bool, appendingTo output: inout ByteBuilder) {
        guard bitWidth > 0 else { return }
        let start = output.count
        if withLength { output.append(littleEndian: UInt32(0)) }
        if let level = uniform {
            RunLengthBitPackedEncoding.encode(
                repeating: UInt32(level), count: count, bitWidth: bitWidth, appendingTo: &output)
        } else {
            RunLengthBitPackedEncoding.encode(levels.values, bitWidth: bitWidth, appendingTo: &output)
        }
        if withLength { output.overwrite(at: start, littleEndian: UInt32(output.count - start - 4)) }
    }

    /// How often each level occurs, from 0 to the highest; empty where there is only one.
    func histogram() -> [Int64] {
        guard maximum > 0 else { return [] }
        var counts = [Int64](repeating: 0, count: maximum + 1)
        if let level = uniform {
            counts[Int(level)] = Int64(count)
        } else if maximum <= 4 {
            for level in 1...maximum { counts[level] = Int64(levels.count(of: UInt8(level))) }
            counts[0] = Int64(levels.count) - counts.reduce(0, +)
        } else {
            for level in levels.values { counts[Int(level)] &+= 1 }
        }
        return counts
    }

    func removeAll() {
        count = 0
        uniform = nil
        levels.removeAll(usualCount: 1 << 16)
    }
}

extension Scratch<UInt8> {
    /// How often a byte occurs: many at a time, which beats one table of counts as long as few bytes are asked for.
    fileprivate func count(of byte: UInt8) -> Int {
        typealias Vector = SIMD16<UInt8>
        let wanted = Vector(repeating: byte)
        let bytes = rawBytes
        var found = 0
        var place = 0
        while place + Vector.scalarCount <= bytes.count {
            // A lane counts to 255.
            let end = min(place + 255 * Vector.scalarCount, bytes.count - bytes.count % Vector.scalarCount)
            var counts = Vector()
            while place < end {
                let isEqual = bytes.loadUnaligned(fromByteOffset: place, as: Vector.self) .== wanted
                counts = counts &+ Vector(repeating: 1).replacing(with: 0, where: .!isEqual)
                place &+= Vector.scalarCount
            }
            for lane in 0..<Vector.scalarCount { found &+= Int(counts[lane]) }
        }
        while place < bytes.count {
            found &+= bytes[place] == byte ? 1 : 0
            place &+= 1
        }
        return found
    }
}
