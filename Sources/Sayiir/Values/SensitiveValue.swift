/// A type whose values tools must not show, wherever one is stored by itself: as input, output, signal or metadata.
///
/// ```swift
/// struct Card: Codable, SensitiveValue { var number: String }
/// ```
///
/// Arrays, optionals and dictionaries of such values are sensitive, too, and what a loop returns. A value of another type that
/// has such a member is not: mark that type, or the task with ``TaskOptions/isSensitive``.
///
/// The value is stored as it is. This keeps it from being seen in passing; it does not encrypt it.
public protocol SensitiveValue {}

extension Array: SensitiveValue where Element: SensitiveValue {}
extension Optional: SensitiveValue where Wrapped: SensitiveValue {}
extension Dictionary: SensitiveValue where Value: SensitiveValue {}
extension LoopResult: SensitiveValue where Value: SensitiveValue {}
extension BranchEnvelope: SensitiveValue where Result: SensitiveValue {}
