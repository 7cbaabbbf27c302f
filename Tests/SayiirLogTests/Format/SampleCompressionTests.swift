import Testing

@testable import SayiirLog

@Suite struct SampleCompressionTests {
    private func compressed(_ content: [UInt8], like sample: [UInt8]) -> [UInt8]? {
        SampleCompression.withCompressed(content, like: sample) { $0.map(Array.init) }
    }

    private let sample = Array("customer Ada Lovelace, order 1234, waiting for approval".utf8)

    @Test("what is like its sample takes little, comes out whole, and only with that sample")
    func roundTrip() throws {
        let content = Array("customer Ada Lovelace, order 9876, waiting for approval".utf8)
        let bytes = try #require(compressed(content, like: sample))
        #expect(bytes.count < 25)
        #expect(SampleCompression.decompress(bytes[...], like: sample, byteCount: content.count) == content)
        #expect(SampleCompression.decompress(bytes[...], like: [], byteCount: content.count) == nil)
        #expect(SampleCompression.decompress(bytes[...], like: sample, byteCount: content.count + 1) == nil)
        #expect(SampleCompression.decompress(bytes[...], like: sample, byteCount: content.count - 1) == nil)
    }

    @Test("nothing is compressed to what would not be shorter, and no length makes room for itself")
    func limits() {
        #expect(compressed([], like: sample) == nil)
        #expect(compressed([1], like: []) == nil)
        #expect(compressed((0..<64).map { UInt8(truncatingIfNeeded: ($0 &* 0x9E37_79B9) >> 13) }, like: []) == nil)
        #expect(SampleCompression.decompress([0], like: [], byteCount: 1 << 40) == nil)
        #expect(SampleCompression.decompress([0], like: [], byteCount: 0) == nil)
        #expect(SampleCompression.decompress([], like: [], byteCount: 1) == nil)
    }

    @Test("without a sample it is plain LZ4")
    func withoutSample() throws {
        let content = [UInt8](repeating: 7, count: 1000)
        let bytes = try #require(compressed(content, like: []))
        #expect(bytes.count < 30)
        #expect(SampleCompression.decompress(bytes[...], like: [], byteCount: 1000) == content)
    }
}
