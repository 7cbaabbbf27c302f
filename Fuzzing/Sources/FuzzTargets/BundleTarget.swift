@testable import SayiirLog

/// Any bytes are a bundle or are refused. A bundle survives encoding, and its proofs and records can be looked at, whatever they say.
///
/// The bytes are tried as they are, and then with the right checksum behind them.
@Sendable
func fuzzBundle(_ bytes: UnsafeRawBufferPointer) throws {
    let bytes = Array(bytes)
    try checkBundle(bytes)
    try checkBundle(bytes + RecordBundle.checksum(of: bytes))
}

private func checkBundle(_ bytes: [UInt8]) throws {
    guard let bundle = try? RecordBundle(decoding: bytes) else { return }
    try claim(bundle.encoded == bytes, "a bundle of \(bundle.entries.count) records is encoded otherwise")
    let unproven = bundle.unproven()
    try claim(unproven.count <= bundle.entries.count, "\(unproven.count) of \(bundle.entries.count) are not proven")
    var records: [LogRecord] = []
    _ = bundle.replay(from: "bundle") { $0.forEachRecord { records.append($0) } }
    try claim(records == bundle.entries.map(\.record), "a replay shows other records")
}
