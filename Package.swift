// swift-tools-version: 6.2
import PackageDescription

// One line per module, grouped by layer, top to bottom; imports go strictly down (SPEC: layering.table).
// `Tests/TidyTests` compares every `import` with the table in architecture 1.4.

let package = Package(
    name: "tarn",
    products: [
        .library(name: "Tarn", targets: ["Tarn"]),
        .library(name: "TarnIngest", targets: ["TarnIngest"]),
        .library(name: "TarnCheck", targets: ["TarnCheck"]),
        .library(name: "TarnFreshness", targets: ["TarnFreshness"]),
        .library(name: "TarnParquet", targets: ["TarnParquet"]),
        .library(name: "TarnS3", targets: ["TarnS3"]),
        .executable(name: "tarn", targets: ["TarnCLI"]),
        .executable(name: "tablecheck", targets: ["TableCheckCLI"]),
    ],
    targets: [
        // 4  front door
        tool("TarnCLI", uses: ["TarnLocations", "TarnCommandLine", "TarnIngest", "TarnFreshness", "Tarn", "TarnServices", "TarnTable", "TarnParquet", "TarnAvro", "TarnStorage", "TarnColumns", "TarnBase", "CGlibcExtra"]),
        tool("TableCheckCLI", uses: ["TarnLocations", "TarnCommandLine", "TarnCheck", "TarnStorage", "TarnBase", "CGlibcExtra"]),
        library("TarnLocations", uses: ["TarnCommandLine", "TarnS3", "TarnStorage"]),
        library("TarnCommandLine", uses: []),
        library("TarnIngest", uses: ["Tarn", "TarnWrite", "TarnTable", "TarnStorage", "TarnColumns", "TarnBase"]),
        library("Tarn", uses: ["TarnRead", "TarnServices", "TarnWrite", "TarnTable", "TarnAvro", "TarnParquet", "TarnStorage", "TarnColumns", "TarnBase"]),

        // measured beside the peers of ../shared/bench
        benchmark("TarnBench", uses: ["BenchSupport", "TarnIngest", "Tarn", "TarnRead", "TarnWrite", "TarnTable", "TarnParquet", "TarnStorage", "TarnColumns", "TarnBase"]),
        benchmark("SmallFiles", uses: ["BenchSupport", "Tarn", "TarnRead", "TarnTable", "TarnStorage", "TarnColumns", "TarnBase"]),
        benchmark("Suites", uses: ["BenchSupport", "TarnParquet", "TarnTable", "TarnColumns", "TarnBase"]),
        benchmark("Footer", uses: ["BenchSupport", "TarnTable", "TarnParquet", "TarnStorage", "TarnBase"]),
        benchmark("Compaction", uses: ["BenchSupport", "Tarn", "TarnRead", "TarnTable", "TarnStorage", "TarnColumns", "TarnBase"]),
        .target(name: "BenchSupport", dependencies: ["Tarn", "TarnRead", "TarnTable", "TarnStorage", "TarnColumns", "TarnBase", "CGlibcExtra"], path: "Benchmarks/Support", swiftSettings: house()),

        // 3  engine (policy)
        library("TarnServices", uses: ["TarnWrite", "TarnTable", "TarnParquet", "TarnAvro", "TarnStorage", "TarnColumns", "TarnBase"]),
        library("TarnWrite", uses: ["TarnTable", "TarnParquet", "TarnAvro", "TarnStorage", "TarnColumns", "TarnBase"]),
        library("TarnRead", uses: ["TarnTable", "TarnParquet", "TarnAvro", "TarnStorage", "TarnColumns", "TarnBase"]),
        library("TarnCheck", uses: ["TarnTable", "TarnParquet", "TarnAvro", "TarnStorage", "TarnColumns", "TarnBase"]),
        library("TarnFreshness", uses: ["TarnTable", "TarnStorage", "TarnColumns", "TarnBase"]),

        // 2  table (meaning)
        library("TarnTable", uses: ["TarnStorage", "TarnParquet", "TarnAvro", "TarnColumns", "TarnBase"]),

        // 1  shape: bytes <-> columns without I/O, and objects without formats
        library("TarnParquet", uses: ["TarnColumns", "TarnBase"]),
        library("TarnAvro", uses: ["TarnColumns", "TarnBase"]),
        library("TarnS3", uses: ["TarnHTTP", "TarnStorage", "TarnBase"]),
        library("TarnHTTP", uses: ["TarnBase", "CCurl", "CCrypto"]),
        library("TarnStorage", uses: ["TarnBase", "CGlibcExtra"]),

        // 0  ground
        library("TarnColumns", uses: ["TarnBase"]),
        library("TarnBase", uses: ["CZstd", "CSnappy", "CZlib", "CDeflate", "CGlibcExtra"]),

        // system libraries
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSnappy", pkgConfig: "snappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CGlibcExtra"),

        // tests
        support("TarnTestSupport", at: "TestSupport", uses: ["TarnS3", "TarnHTTP", "TarnStorage", "TarnColumns", "TarnBase"]),
        support("ParquetFuzzing", at: "Fuzz/ParquetFuzzing", uses: ["TarnParquet", "TarnColumns", "TarnBase"]),
        tests("UnitTests", uses: ["ParquetFuzzing", "TarnLocations", "TarnCommandLine", "TarnIngest", "Tarn", "TarnFreshness", "TarnCheck", "TarnRead", "TarnServices", "TarnWrite", "TarnTable", "TarnParquet", "TarnAvro", "TarnS3", "TarnHTTP", "TarnStorage", "TarnColumns", "TarnBase"]),
        tests("HistoryTests", uses: ["Tarn", "TarnCheck", "TarnRead", "TarnServices", "TarnWrite", "TarnTable", "TarnParquet", "TarnAvro", "TarnStorage", "TarnColumns", "TarnBase"]),
        tests("CommandLineTests", uses: ["TarnS3", "TarnStorage", "TarnBase"]),
        tests("InteropTests", uses: ["TarnBase"], beside: ["python", "requirements.txt"]),
        tests("GoldenTests", uses: ["TarnCheck", "TarnRead", "TarnTable", "TarnStorage", "TarnColumns", "TarnBase"], beside: ["check_answers.sh", "check_sound_tables.sh", "check_parquet_files.py"]),
        tests("TidyTests", uses: []),
    ]
)

func library(_ name: String, uses dependencies: [String]) -> Target {
    .target(name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, swiftSettings: house())
}

func tool(_ name: String, uses dependencies: [String]) -> Target {
    .executableTarget(name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, swiftSettings: house())
}

func benchmark(_ name: String, uses dependencies: [String]) -> Target {
    .executableTarget(name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, path: "Benchmarks/\(name)", swiftSettings: house())
}

func support(_ name: String, at folder: String, uses dependencies: [String]) -> Target {
    .target(name: name, dependencies: dependencies.map { .init(stringLiteral: $0) }, path: "Tests/\(folder)", swiftSettings: house())
}

func tests(_ name: String, uses dependencies: [String], beside others: [String] = []) -> Target {
    .testTarget(name: name, dependencies: (["TarnTestSupport"] + dependencies).map { .init(stringLiteral: $0) }, exclude: others, swiftSettings: house())
}

func house() -> [SwiftSetting] {
    [
        .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"), .treatAllWarnings(as: .error),
    ]
}
