/// The parameters of a statement in PostgreSQL's binary form, one after the other in one buffer.
struct StatementParameters: Sendable {
    /// The values, behind one byte that belongs to none: an empty value is not NULL, so it needs an address.
    private(set) var bytes: [UInt8] = [0]
    /// Where each parameter's bytes are; `nil` for NULL.
    private(set) var places: [Range<Int>?] = []

    mutating func append<Value: StatementValue>(_ value: Value?) {
        guard let value else { return places.append(nil) }
        let start = bytes.count
        value.write(into: &bytes)
        places.append(start..<bytes.count)
    }

    /// Adds an array of one dimension.
    mutating func append<Value: StatementValue>(array: some Collection<Value?>) {
        let start = bytes.count
        bytes.appendBigEndian(UInt32(array.isEmpty ? 0 : 1))
        bytes.appendBigEndian(UInt32(array.contains { $0 == nil } ? 1 : 0))
        bytes.appendBigEndian(Value.typeNumber)
        if !array.isEmpty {
            bytes.appendBigEndian(UInt32(truncatingIfNeeded: array.count))
            bytes.appendBigEndian(UInt32(1))
        }
        for element in array {
            guard let element else {
                bytes.appendBigEndian(UInt32.max)
                continue
            }
            let length = bytes.count
            bytes.appendBigEndian(UInt32(0))
            element.write(into: &bytes)
            bytes.replaceBigEndian(UInt32(truncatingIfNeeded: bytes.count - length - 4), at: length)
        }
        places.append(start..<bytes.count)
    }

    /// Adds an array of one dimension without NULLs.
    mutating func append<Value: StatementValue>(array: some Collection<Value>) {
        append(array: array.lazy.map { Optional($0) })
    }
}

/// What can be a parameter of a statement.
protocol StatementValue {
    /// The number of the type in PostgreSQL's catalogue: these never change.
    static var typeNumber: UInt32 { get }
    func write(into bytes: inout [UInt8])
}

extension String: StatementValue {
    static var typeNumber: UInt32 { 25 }
    func write(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }
}

extension [UInt8]: StatementValue {
    static var typeNumber: UInt32 { 17 }
    func write(into bytes: inout [UInt8]) { bytes.append(contentsOf: self) }
}

extension Int64: StatementValue {
    static var typeNumber: UInt32 { 20 }
    func write(into bytes: inout [UInt8]) { bytes.appendBigEndian(UInt64(bitPattern: self)) }
}

extension Int32: StatementValue {
    static var typeNumber: UInt32 { 23 }
    func write(into bytes: inout [UInt8]) { bytes.appendBigEndian(UInt32(bitPattern: self)) }
}

extension Bool: StatementValue {
    static var typeNumber: UInt32 { 16 }
    func write(into bytes: inout [UInt8]) { bytes.append(self ? 1 : 0) }
}

extension [UInt8] {
    mutating func appendBigEndian<Number: FixedWidthInteger>(_ number: Number) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func replaceBigEndian(_ number: UInt32, at place: Int) {
        for offset in 0..<4 { self[place + offset] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * offset)) }
    }
}
