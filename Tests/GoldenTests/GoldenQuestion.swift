import TarnBase
import TarnRead
import TarnTable
import TarnTestSupport

/// What Spark was asked, and the files with its answers: several where releases differ, each of which is right.
struct GoldenQuestion: CustomStringConvertible {
    enum Kind: String { case snapshot, readOptimized = "read_optimized", asOf = "as_of", incremental }

    let kind: Kind
    let instant: String?
    let begin: String?
    let end: String?
    var files: [String]

    var description: String { ([kind.rawValue] + [instant, begin, end].compactMap { $0 }).joined(separator: " ") }

    /// The questions of a table that Tarn's reads have words for; answers that Spark itself got wrong are left out, as are those
    /// to a reader's private setting.
    static func all(of about: JSON) -> [GoldenQuestion] {
        var questions: [GoldenQuestion] = []
        for query in about["queries"]?.arrayValue ?? [] {
            guard let kind = query["kind"]?.stringValue.flatMap(Kind.init(rawValue:)), let file = query["file"]?.stringValue else { continue }
            guard query["options"]?.objectValue?.isEmpty ?? true, query["known_wrong"] == nil else { continue }
            let question = GoldenQuestion(
                kind: kind, instant: query["instant"]?.stringValue, begin: query["begin"]?.stringValue, end: query["end"]?.stringValue, files: [file])
            if let known = questions.firstIndex(where: { $0.description == question.description }) { questions[known].files += [file] } else { questions.append(question) }
        }
        return questions
    }

    func snapshot(of table: TableHandle) async throws -> Snapshot {
        switch kind {
        case .snapshot: try await Snapshot.load(table)
        case .readOptimized: try await Snapshot.load(table, readOptimized: true)
        case .asOf: try await Snapshot.load(table, asOf: try Self.time(instant))
        case .incremental: try await Snapshot.incremental(table, after: try Self.time(begin), upTo: try end.map(Self.time))
        }
    }

    /// Fewer digits stand for the first instant that begins with them.
    private static func time(_ text: String?) throws -> InstantTime {
        let digits = text ?? ""
        guard let time = InstantTime(digits.count < 14 ? digits + String(repeating: "0", count: 14 - digits.count) : digits) else { throw Unexpected("the instant \(digits)") }
        return time
    }
}
