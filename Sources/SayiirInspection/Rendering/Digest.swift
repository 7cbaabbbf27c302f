internal import Crypto
internal import SayiirEvents

/// The SHA-256 of bytes, in 64 lower-case hexadecimal digits.
func sha256(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

extension Style {
    /// A writer of JSON that shows what this style allows to be shown.
    var writer: JSONWriter { JSONWriter(revealingSensitive: revealsSensitive, digest: sha256) }
}
