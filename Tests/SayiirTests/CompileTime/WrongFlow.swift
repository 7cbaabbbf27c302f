import Foundation

/// A program with a mistake, and the errors that the compiler is expected to report.
struct WrongFlow: Equatable {
    /// An error that the compiler reports.
    struct Diagnostic: Hashable, Comparable, CustomStringConvertible {
        /// The line in the program, from 1.
        var line: Int
        var message: String

        var description: String { "-- \(line): \(message)" }

        static func < (one: Diagnostic, other: Diagnostic) -> Bool {
            (one.line, one.message) < (other.line, other.message)
        }

        /// The names in quotation marks: what was given, and what was expected.
        var names: Set<Substring> {
            let parts = message.split(separator: "'", omittingEmptySubsequences: false)
            return Set(parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] })
        }
    }

    var title: String
    /// A Boolean value that indicates whether the mistake is one of two types, which an error then names.
    var isMismatch: Bool
    var code: String
    var errors: [Diagnostic]

    /// The file that holds the programs and their errors.
    static var file: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("WrongFlows.txt")
    }

    /// Reads a file of programs. Each begins with `== TITLE`, or `== !TITLE` if its mistake is not one of two types.
    /// Its code is followed by the errors, as `-- LINE: MESSAGE`.
    static func read(_ text: String) -> [WrongFlow] {
        var flows: [WrongFlow] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("== ") {
                let isMismatch = !line.hasPrefix("== !")
                let title = String(line.dropFirst(isMismatch ? 3 : 4))
                flows.append(WrongFlow(title: title, isMismatch: isMismatch, code: "", errors: []))
            } else if let last = flows.indices.last {
                if line.hasPrefix("-- ") {
                    let parts = line.dropFirst(3).split(separator: ":", maxSplits: 1)
                    if parts.count == 2, let number = Int(parts[0]) {
                        flows[last].errors.append(Diagnostic(line: number, message: String(parts[1].dropFirst())))
                    }
                } else if !line.isEmpty {
                    flows[last].code += line + "\n"
                }
            }
        }
        return flows
    }

    /// The text that ``read(_:)`` reads.
    static func text(_ flows: [WrongFlow]) -> String {
        flows.map { flow in
            "== \(flow.isMismatch ? "" : "!")\(flow.title)\n\(flow.code)"
                + flow.errors.map { "\($0)\n" }.joined()
        }.joined(separator: "\n")
    }
}
