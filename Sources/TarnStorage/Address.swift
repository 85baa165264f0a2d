/// A store whose objects have addresses that other programs understand.
package protocol AddressedStore: ObjectStore {
    /// With a scheme: `file:/data/t/p/x.parquet`, `s3a://bucket/t/p/x.parquet`.
    func address(of path: ObjectPath) -> String
}

extension ObjectStore {
    /// How Hadoop's file systems address an object. Stores that other programs cannot reach call theirs `file:`.
    package func address(of path: ObjectPath) -> String {
        (self as? any AddressedStore)?.address(of: path) ?? "file:\(fullPath(of: path))"
    }
}

extension MeteredStore: AddressedStore {
    package func address(of path: ObjectPath) -> String { base.address(of: path) }
}
