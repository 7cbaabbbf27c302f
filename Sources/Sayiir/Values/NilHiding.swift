#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A value that may be, or hold, an optional whose content JSON cannot tell from `nil`: both are `null`.
///
/// What a codec is given is asked by its type first, so that only values of the few types that can hold such an optional are gone through.
protocol NilHiding {
    /// A Boolean value that indicates whether the type can hold such an optional.
    static var canHideNil: Bool { get }

    /// Returns whether an optional in this value holds something for which `isNull` is true.
    func hidesNil(where isNull: (Any) -> Bool) -> Bool
}

/// Types of the standard library and of Foundation that never encode themselves as `null`.
private protocol NeverNull {}

extension Bool: NeverNull {}
extension String: NeverNull {}
extension Int: NeverNull {}
extension Int8: NeverNull {}
extension Int16: NeverNull {}
extension Int32: NeverNull {}
extension Int64: NeverNull {}
extension UInt: NeverNull {}
extension UInt8: NeverNull {}
extension UInt16: NeverNull {}
extension UInt32: NeverNull {}
extension UInt64: NeverNull {}
extension Double: NeverNull {}
extension Float: NeverNull {}
extension Array: NeverNull {}
extension Set: NeverNull {}
extension Dictionary: NeverNull {}
extension Data: NeverNull {}
extension Date: NeverNull {}
extension UUID: NeverNull {}
extension Decimal: NeverNull {}
extension LoopResult: NeverNull {}
extension BranchEnvelope: NeverNull {}

private func canHideNil(_ type: Any.Type) -> Bool { (type as? any NilHiding.Type)?.canHideNil ?? false }

private func hidesNil(_ value: Any, where isNull: (Any) -> Bool) -> Bool {
    (value as? any NilHiding)?.hidesNil(where: isNull) ?? false
}

extension Optional: NilHiding {
    static var canHideNil: Bool { !(Wrapped.self is any NeverNull.Type) || Sayiir.canHideNil(Wrapped.self) }

    func hidesNil(where isNull: (Any) -> Bool) -> Bool {
        guard let self else { return false }
        let isNeverNull = Wrapped.self is any NeverNull.Type
        return (!isNeverNull && isNull(self)) || Sayiir.hidesNil(self, where: isNull)
    }
}

extension Array: NilHiding {
    static var canHideNil: Bool { Sayiir.canHideNil(Element.self) }

    func hidesNil(where isNull: (Any) -> Bool) -> Bool { contains { Sayiir.hidesNil($0, where: isNull) } }
}

extension Set: NilHiding {
    static var canHideNil: Bool { Sayiir.canHideNil(Element.self) }

    func hidesNil(where isNull: (Any) -> Bool) -> Bool { contains { Sayiir.hidesNil($0, where: isNull) } }
}

extension Dictionary: NilHiding {
    static var canHideNil: Bool { Sayiir.canHideNil(Value.self) }

    func hidesNil(where isNull: (Any) -> Bool) -> Bool { values.contains { Sayiir.hidesNil($0, where: isNull) } }
}

extension LoopResult: NilHiding {
    static var canHideNil: Bool { Sayiir.canHideNil(Value.self) }

    func hidesNil(where isNull: (Any) -> Bool) -> Bool { Sayiir.hidesNil(value, where: isNull) }
}

extension BranchEnvelope: NilHiding {
    static var canHideNil: Bool { Sayiir.canHideNil(Result.self) }

    func hidesNil(where isNull: (Any) -> Bool) -> Bool { Sayiir.hidesNil(result, where: isNull) }
}
