import Testing

/// The table of allowed imports (architecture 1.4), top to bottom. The compiler does not keep it: SwiftPM lets a target import
/// whatever happens to be built before it.
private let allowedImports: [String: Set<String>] = [
    "TarnCLI": everyLibrary.subtracting(["TarnCheck"]).union(["CGlibcExtra"]),
    "TableCheckCLI": ["TarnLocations", "TarnCommandLine", "TarnCheck", "TarnServices", "TarnS3", "TarnStorage", "TarnBase", "CGlibcExtra"],
    "TarnLocations": ["TarnCommandLine", "TarnS3", "TarnStorage"],
    "TarnCommandLine": [],
    "TarnKafka": ["TarnIngest", "TarnHTTP", "TarnAvro", "TarnBase", "CRdKafka"],
    "TarnCatalog": ["Tarn", "TarnTable", "TarnHTTP", "TarnBase"],
    "TarnIngest": ["Tarn", "TarnWrite", "TarnTable", "TarnStorage", "TarnColumns", "TarnBase"],
    "Tarn": ["TarnRead", "TarnWrite", "TarnServices", "TarnTable", "TarnParquet", "TarnAvro", "TarnStorage", "TarnColumns", "TarnBase"],
    "TarnServices": table.union(["TarnTable", "TarnWrite"]),
    "TarnWrite": table.union(["TarnTable"]),
    "TarnRead": table.union(["TarnTable"]),
    "TarnCheck": table.union(["TarnTable"]),
    "TarnFreshness": table.union(["TarnTable"]),
    "TarnTable": table,
    "TarnParquet": ["TarnColumns", "TarnBase"],
    "TarnAvro": ["TarnColumns", "TarnBase"],
    "TarnHFile": ["TarnBase"],
    "TarnS3": ["TarnStorage", "TarnHTTP", "TarnBase"],
    "TarnHTTP": ["TarnBase", "CCurl", "CCrypto"],
    "TarnStorage": ["TarnBase", "CGlibcExtra"],
    "TarnColumns": ["TarnBase"],
    "TarnBase": ["CZstd", "CSnappy", "CZlib", "CDeflate", "CGlibcExtra"],
]

private let table: Set<String> = ["TarnStorage", "TarnParquet", "TarnAvro", "TarnHFile", "TarnColumns", "TarnBase"]
private let everyLibrary: Set<String> = table.union([
    "TarnTable", "TarnRead", "TarnWrite", "TarnServices", "TarnCheck", "TarnFreshness", "Tarn", "TarnIngest", "TarnCommandLine", "TarnLocations", "TarnS3",
    "TarnHTTP", "TarnKafka", "TarnCatalog",
])

/// Of the toolchain and the machine: free to every module.
private let systemModules: Set<String> = ["Swift", "Glibc", "Synchronization", "_Concurrency"]

/// Files that may use `FoundationEssentials`, each with a reason. Foundation itself: none.
private let foundationFiles: Set<String> = []

@Suite struct LayeringTests {
    @Test func `every import goes strictly down, as the table of allowed imports says`() async throws {
        var findings: [String] = []
        for file in try await Repository.current.files(in: "Sources") {
            guard let allowed = allowedImports[file.module] else {
                findings.append("\(file.path): module \(file.module) is not in the table of allowed imports")
                continue
            }
            for index in file.tokens.indices where file.matches(["import"], at: index) && index + 1 < file.tokens.count {
                let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
                let imported = file.tokens[kinds.contains(file.tokens[index + 1].text) ? index + 2 : index + 1].text
                if systemModules.contains(imported) || allowed.contains(imported) { continue }
                if imported == "FoundationEssentials", foundationFiles.contains(file.path) { continue }
                findings.append("\(file.place(of: index)): not for \(file.module)")
            }
        }
        #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))")
    }

    @Test func `the table of allowed imports has no cycle`() {
        func reaches(_ target: String, from module: String, _ seen: inout Set<String>) -> Bool {
            guard seen.insert(module).inserted else { return false }
            for next in allowedImports[module] ?? [] where next == target || reaches(target, from: next, &seen) { return true }
            return false
        }
        for module in allowedImports.keys {
            var seen: Set<String> = []
            #expect(!reaches(module, from: module, &seen), "\(module) imports itself by way of others")
        }
    }
}
