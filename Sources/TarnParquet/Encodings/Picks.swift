/// Which of the values to come are wanted: rising positions. Bare pointers: to be used inside the scope that made it.
///
/// Every decoder takes them beside the number of values to pass over: it writes the values picked, one after another, and
/// does no more than its encoding asks for about those between.
package struct Picks {
    private let positions: UnsafeBufferPointer<UInt32>
    /// What the first value to come is called in `positions`.
    private let base: UInt32

    package init(_ positions: UnsafeBufferPointer<UInt32>, base: UInt32 = 0) {
        self.positions = positions
        self.base = base
    }

    /// None: the values are passed over.
    package static var none: Picks { Picks(UnsafeBufferPointer(start: nil, count: 0)) }

    package var count: Int { positions.count }

    /// Position of a pick among the values to come.
    @inline(__always)
    subscript(index: Int) -> Int { Int(positions[index] &- base) }

    /// The first pick from `start` on that is at `position` or later.
    func index(atLeast position: Int, from start: Int) -> Int {
        var (low, high) = (start, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < position { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Some of them, counted from `first` on.
    func part(_ range: Range<Int>, from first: Int) -> Picks {
        Picks(UnsafeBufferPointer(rebasing: positions[range]), base: base &+ UInt32(truncatingIfNeeded: first))
    }

    /// The same behind `count` values that come before those to come.
    func behind(_ count: Int) -> Picks { Picks(positions, base: base &- UInt32(truncatingIfNeeded: count)) }
}
