internal import SayiirEvents

extension InspectionError {
    /// The error of a command that there is not.
    package static func unknownCommand(_ name: String, of names: [String]) -> InspectionError {
        var near = NearNames(to: name)
        for name in names { near.add(name) }
        let advice = near.names.isEmpty ? "'sayiir-inspect --help' shows the commands." : near.question
        return InspectionError("there is no command '\(safe(name))'. \(advice)")
    }
}

/// Collects the names that look most like a wanted one, a few at most, without keeping all names.
struct NearNames {
    private let wanted: [Character]
    private var best: [(name: String, distance: Int)] = []

    private static let count = 3

    init(to wanted: String) { self.wanted = Array(wanted.lowercased()) }

    /// The nearest ones, best first.
    var names: [String] { best.map(\.name) }

    /// Whether one of them was meant.
    var question: String { "Did you mean \(names.map { "'\(safe($0))'" }.joined(separator: ", "))?" }

    /// Looks at one more name; a repeated one counts once.
    mutating func add(_ name: String) {
        guard !best.contains(where: { $0.name.isExactly(name) }), let distance = distance(to: name) else { return }
        best.append((name, distance))
        best.sort { ($0.distance, ExactText($0.name)) < ($1.distance, ExactText($1.name)) }
        if best.count > Self.count { best.removeLast() }
    }

    /// How far a name is from the wanted one; `nil` if too far to be meant.
    private func distance(to name: String) -> Int? {
        let name = Array(name.lowercased())
        guard abs(name.count - wanted.count) <= 64, name.count <= 256 else { return nil }
        if name == wanted { return 0 }
        if !wanted.isEmpty && name.starts(with: wanted) { return 1 }
        let limit = max(1, wanted.count / 3)
        guard abs(name.count - wanted.count) <= limit else { return nil }
        let edits = edits(to: name)
        return edits <= limit ? edits : nil
    }

    /// The edit distance: characters put in, taken out, exchanged, or swapped with their neighbours.
    private func edits(to name: [Character]) -> Int {
        var (row, before) = (Array(0...name.count), [Int]())
        for (line, wantedCharacter) in wanted.enumerated() {
            let above = row
            row[0] = line + 1
            for (place, character) in name.enumerated() {
                let exchange = above[place] + (character == wantedCharacter ? 0 : 1)
                row[place + 1] = min(exchange, row[place] + 1, above[place + 1] + 1)
                guard line > 0, place > 0, character == wanted[line - 1], name[place - 1] == wantedCharacter else {
                    continue
                }
                row[place + 1] = min(row[place + 1], before[place - 1] + 1)
            }
            before = above
        }
        return row[name.count]
    }
}
