/// The name under which a client holds a lease for the moment that it takes to apply a request to cancel or pause.
///
/// Who wants to run the instance waits for that moment, instead of saying that somebody else runs it.
enum RequestHolder {
    private static let mark = " (applies a request)"

    static func name(of executor: String) -> String { executor + mark }

    static func isOne(_ holder: String) -> Bool { holder.utf8.suffix(mark.utf8.count).elementsEqual(mark.utf8) }

    /// A client that takes longer has ended in the middle, or its storage does not answer.
    static let longestHold = Duration.seconds(5)
}
