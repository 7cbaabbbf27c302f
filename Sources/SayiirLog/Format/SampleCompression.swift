internal import CLZ4

/// Compresses short contents that look like a sample of their kind, each by itself: what they have in common with it takes no room.
///
/// LZ4 with the sample as its dictionary. Whoever decompresses needs the same sample.
package enum SampleCompression {
    /// Calls `body` with the compressed content; with `nil` if that would not be shorter.
    ///
    /// - Parameters:
    ///   - content: What to compress.
    ///   - sample: What it looks like; may be empty.
    ///   - body: Is given the bytes for as long as it runs.
    package static func withCompressed<Result>(
        _ content: [UInt8], like sample: [UInt8], _ body: (UnsafeBufferPointer<UInt8>?) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(content.count, 1)) { output in
            body(compress(content, like: sample, into: output).map { UnsafeBufferPointer(rebasing: output[..<$0]) })
        }
    }

    /// How many bytes the compressed content has; `nil` if there is no room for it.
    private static func compress(
        _ content: [UInt8], like sample: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        guard let count = Int32(exactly: content.count), let sampleCount = Int32(exactly: sample.count),
            let stream = LZ4_createStream()
        else { return nil }
        defer { LZ4_freeStream(stream) }
        let length = sample.withUnsafeBytes { sample in
            content.withUnsafeBytes { content in
                _ = LZ4_loadDict(stream, sample.baseAddress, sampleCount)
                return LZ4_compress_fast_continue(stream, content.baseAddress, output.baseAddress, count, count - 1, 1)
            }
        }
        return length > 0 ? Int(length) : nil
    }

    /// Gives back a content; `nil` if the bytes are not one of that length, compressed with that sample.
    ///
    /// - Parameters:
    ///   - bytes: The compressed content.
    ///   - sample: The sample that it was compressed with.
    ///   - byteCount: The content's length.
    package static func decompress(
        _ bytes: ArraySlice<UInt8>, like sample: [UInt8], byteCount: Int
    ) -> [UInt8]? {
        // A byte of LZ4 stands for at most 255: no length from outside makes this allocate more than that.
        guard byteCount > 0, byteCount / 256 <= bytes.count, let limit = Int32(exactly: byteCount),
            let count = Int32(exactly: bytes.count), let sampleCount = Int32(exactly: sample.count)
        else { return nil }
        let content = [UInt8](unsafeUninitializedCapacity: byteCount) { output, length in
            let written = bytes.withUnsafeBytes { bytes in
                sample.withUnsafeBytes { sample in
                    LZ4_decompress_safe_usingDict(
                        bytes.baseAddress, output.baseAddress, count, limit, sample.baseAddress, sampleCount)
                }
            }
            length = written == limit ? byteCount : 0
        }
        return content.count == byteCount ? content : nil
    }
}
