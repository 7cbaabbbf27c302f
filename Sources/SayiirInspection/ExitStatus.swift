internal import SayiirLog

/// What the program's exit status tells a script.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    /// All that was asked for was read and shown, and nothing is wrong with the log.
    case clean = 0
    /// The call was wrong, or the log could not be read.
    case failure = 1
    /// The log's end was torn by a crash.
    case torn = 2
    /// Something that was acknowledged is damaged or gone.
    case corrupt = 3
    /// Torn or corrupt: nothing tells which.
    case ambiguous = 4

    /// The status for a log of which a whole reading came to `verdict`.
    init(_ verdict: Verdict) {
        switch verdict {
        case .clean: self = .clean
        case .torn: self = .torn
        case .corrupt: self = .corrupt
        case .ambiguous: self = .ambiguous
        }
    }

    /// The meaning in a few words.
    package var meaning: String {
        switch self {
        case .clean: "clean: all was read and nothing is wrong"
        case .failure: "the call was wrong, or a file could not be read"
        case .torn: "torn: a crash cut the last commit, which nobody was told about"
        case .corrupt: "corrupt: something acknowledged is damaged, missing or cannot be decoded"
        case .ambiguous: "ambiguous: torn or corrupt, and nothing tells which"
        }
    }

    /// All of them, a line each, for the help.
    package static var table: String {
        allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
    }
}
