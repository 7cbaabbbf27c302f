internal import Crypto

/// A key's place in the index of sealed segments: the first 16 bytes of its SHA-256.
///
/// A strong hash, because keys come from users: nobody can make a bucket or a filter line that all keys fall into.
struct KeyHash: Hashable, Sendable {
    let a: UInt64
    let b: UInt64

    init(_ key: String) {
        var key = key
        let digest = key.withUTF8 { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            return hash.finalize()
        }
        (a, b) = digest.withUnsafeBytes {
            ($0.loadLittleEndian(0, as: UInt64.self), $0.loadLittleEndian(8, as: UInt64.self))
        }
    }
}
