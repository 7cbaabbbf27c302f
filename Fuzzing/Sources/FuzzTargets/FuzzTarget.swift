/// Something that takes bytes from outside, and what must hold for any bytes at all.
///
/// The fuzzer runs the targets on what it makes up, and the tests run them on the files of `Fuzzing/Corpus`.
public struct FuzzTarget: Sendable {
    /// The name of the target and of its folder in the corpus.
    public let name: String
    /// Throws if the bytes made something happen that must not, or traps.
    public let run: @Sendable (UnsafeRawBufferPointer) throws -> Void

    /// All targets. `scripts/fuzz` takes their names from the folders of the corpus.
    public static let all = [
        FuzzTarget(name: "event", run: fuzzEvent),
        FuzzTarget(name: "frame", run: fuzzFrame),
        FuzzTarget(name: "header", run: fuzzHeader),
        FuzzTarget(name: "segment", run: fuzzSegment),
        FuzzTarget(name: "log", run: fuzzLog),
        FuzzTarget(name: "sealed", run: fuzzSealed),
        FuzzTarget(name: "snapshot", run: fuzzSnapshot),
        FuzzTarget(name: "bundle", run: fuzzBundle),
    ]
}

/// A claim that turned out wrong.
struct Violation: Error, CustomStringConvertible {
    let description: String
}

/// Throws unless the claim holds.
func claim(_ holds: Bool, _ text: @autoclosure () -> String) throws(Violation) {
    if !holds { throw Violation(description: text()) }
}
