// swift-tools-version: 6.2
import PackageDescription

// A program of someone else, which depends on this package by path: proof that it can be imported. `check.sh` builds and runs it.
let package = Package(
    name: "consumer",
    dependencies: [.package(name: "tarn", path: "../..")],
    targets: [
        .executableTarget(name: "LocalLake", dependencies: [.product(name: "Tarn", package: "tarn")]),
        .executableTarget(
            name: "S3Lake", dependencies: [.product(name: "Tarn", package: "tarn"), .product(name: "TarnS3", package: "tarn")]),
    ]
)
