/// How many calls of each kind a file system took, failed ones included, and the bytes that went through.
///
/// ```swift
/// let before = disk.counts()
/// try await step()
/// let cost = disk.counts() - before
/// #expect(cost[.write] == 1 && cost[.synchronize] == 1)
/// ```
public struct CallCounts: Hashable, Sendable {
    private var calls: [FileOperation: Int] = [:]
    /// Bytes that reads returned.
    public internal(set) var bytesRead = 0
    /// Bytes that writes took.
    public internal(set) var bytesWritten = 0

    /// No calls.
    public init() {}

    /// The number of calls of one kind.
    public internal(set) subscript(operation: FileOperation) -> Int {
        get { calls[operation, default: 0] }
        set { calls[operation] = newValue == 0 ? nil : newValue }
    }

    /// The calls of both.
    public static func + (left: Self, right: Self) -> Self { combine(left, right, +) }

    /// The calls of `later` that came after `earlier`.
    public static func - (later: Self, earlier: Self) -> Self { combine(later, earlier, -) }

    private static func combine(_ left: Self, _ right: Self, _ operation: (Int, Int) -> Int) -> Self {
        var result = Self()
        for kind in FileOperation.allCases { result[kind] = operation(left[kind], right[kind]) }
        result.bytesRead = operation(left.bytesRead, right.bytesRead)
        result.bytesWritten = operation(left.bytesWritten, right.bytesWritten)
        return result
    }
}
