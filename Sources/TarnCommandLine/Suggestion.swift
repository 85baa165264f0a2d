/// The candidate at an edit distance of at most 2, and of at most a third of the word's length; for options and commands.
public func closest(to word: String, in candidates: [String]) -> String? {
    candidates
        .map { (candidate: $0, distance: editDistance(Array(word.utf8), Array($0.utf8))) }
        .filter { $0.distance <= min(2, $0.candidate.utf8.count / 3) }
        .min { $0.distance < $1.distance }?
        .candidate
}

private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for i in left.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in right.indices {
            let changed = diagonal + (left[i] == right[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(row[j] + 1, diagonal + 1, changed)
        }
    }
    return row[right.count]
}
