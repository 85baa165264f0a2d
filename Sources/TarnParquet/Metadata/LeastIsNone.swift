/// A number that may be missing, in no more space than the number: the least one stands for none. In footers it has no meaning,
/// since offsets and sizes are not negative.
@propertyWrapper
package struct LeastIsNone<Value: FixedWidthInteger & Sendable>: Hashable, Sendable {
    private var stored: Value

    @inline(__always)
    package init(wrappedValue: Value? = nil) { stored = wrappedValue ?? .min }

    package var wrappedValue: Value? {
        @inline(__always) get { stored == .min ? nil : stored }
        @inline(__always) set { stored = newValue ?? .min }
    }
}
