package import TarnStorage

extension S3Store: AddressedStore {
    package func address(of path: ObjectPath) -> String { "s3a://\(client.configuration.address.bucket)/\(key(path))" }
}
