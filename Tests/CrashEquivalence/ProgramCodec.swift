internal import Sayiir

/// JSON with as many spaces behind it as the program asks for, and without any bytes for the number 0.
struct ProgramCodec: PayloadCodec {
    let id: String
    let world: PlanWorld
    /// The bytes of values that no task returns; `nil` for as many as they need.
    let outerSize: Int?
    /// Whether 0 has no bytes.
    let hasEmptyValues: Bool
    private let json = JSONCodec()

    init(for world: PlanWorld, outerSize: Int?) {
        id = world.dress.codecID
        self.world = world
        self.outerSize = outerSize
        hasEmptyValues = world.dress.parts.contains(.sizes)
    }

    func encode(_ value: some Encodable) throws -> [UInt8] {
        var bytes = try json.encode(value)
        if let context = TaskContext.current {
            pad(&bytes, to: world.size(of: context.step.node))
        } else {
            pad(&bytes, to: outerSize)
        }
        return hasEmptyValues && bytes == [UInt8(ascii: "0")] ? [] : bytes
    }

    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try json.decode(type, from: bytes.isEmpty ? [UInt8(ascii: "0")] : bytes)
    }

    private func pad(_ bytes: inout [UInt8], to size: Int?) {
        guard let size, size > bytes.count else { return }
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: size - bytes.count)
    }
}
