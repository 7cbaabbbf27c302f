internal import Crypto

/// A digest of a set of events, whatever order they come in: the sum of their SHA-256 digests, as numbers of 256 bits.
///
/// Two stores with the same events have the same digest. It shows that nothing was lost, changed or doubled on the way from one to
/// the other; it is no proof against somebody who makes up events.
struct StoreDigest: Sendable, Equatable, CustomStringConvertible {
    private(set) var count: UInt64 = 0
    private var words: [UInt64] = [0, 0, 0, 0]

    /// Adds an event: its key, and its bytes as they are stored.
    mutating func add(instance: String, revision: UInt64, time: Int64, data: [UInt8]) {
        var hash = SHA256()
        var head: [UInt8] = []
        head.appendBigEndian(UInt64(instance.utf8.count))
        head.append(contentsOf: instance.utf8)
        head.appendBigEndian(revision)
        head.appendBigEndian(time)
        hash.update(data: head)
        hash.update(data: data)
        let digest = Array(hash.finalize())
        var carry: UInt64 = 0
        for place in (0..<4).reversed() {
            let word = digest[8 * place..<8 * place + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let (sum, overflow) = words[place].addingReportingOverflow(word)
            let (total, overflowAgain) = sum.addingReportingOverflow(carry)
            words[place] = total
            carry = overflow || overflowAgain ? 1 : 0
        }
        count += 1
    }

    /// The digest in hexadecimal.
    var description: String {
        words.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
