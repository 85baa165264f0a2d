/// A growing run of plain values at a stable kind of address, reused from page to page.
///
/// Holds 64 bytes more than its capacity, so kernels may read and write past the end.
final class Scratch<Element: BitwiseCopyable> {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var capacity: Int
    var count = 0

    init(capacity: Int = 0) {
        self.capacity = capacity
        base = Scratch.allocate(capacity)
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Element> {
        UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Element>.stride + 64, alignment: 64)
            .bindMemory(to: Element.self, capacity: capacity)
    }

    /// Room for `additional` values behind the last; returns where the first of them goes. `count` does not change.
    @discardableResult
    func reserve(_ additional: Int) -> UnsafeMutablePointer<Element> {
        if count + additional > capacity {
            let grown = max(count + additional, capacity + capacity / 2, 256)
            let moved = Scratch.allocate(grown)
            moved.update(from: base, count: count)
            UnsafeMutableRawPointer(base).deallocate()
            base = moved
            capacity = grown
        }
        return base + count
    }

    func append(_ values: UnsafePointer<Element>, count added: Int) {
        reserve(added).update(from: values, count: added)
        count += added
    }

    func append(repeating value: Element, count added: Int) {
        reserve(added).update(repeating: value, count: added)
        count += added
    }

    var values: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
    var rawBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(values) }
    var byteCount: Int { count * MemoryLayout<Element>.stride }

    /// Empties the run. Gives memory back when one unusual page made it far larger than `usualCount` values.
    func removeAll(usualCount: Int = .max) {
        count = 0
        guard usualCount < capacity / 4 else { return }
        UnsafeMutableRawPointer(base).deallocate()
        capacity = usualCount
        base = Scratch.allocate(usualCount)
    }
}
