#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif
internal import SayiirEvents

extension Failure {
    /// The text of an error that a task threw: its type, and what it says of itself.
    init(_ error: any Error) {
        self.init(type: "\(Swift.type(of: error))", message: Self.message(of: error))
    }

    /// What an error says of itself: its localized description if it has one of its own, else its description.
    static func message(of error: any Error) -> String {
        if let text = (error as? any LocalizedError)?.errorDescription { return text }
        return "\(error)"
    }
}
