/// Memory that is kept, and only ever grows. Its content does not survive growing.
final class GrowingBuffer {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { memory.deallocate() }

    func reserve(_ byteCount: Int) {
        guard byteCount > memory.count else { return }
        memory.deallocate()
        memory = .allocate(byteCount: max(byteCount, memory.count * 2).roundedUp(to: 4096), alignment: 4096)
    }

    /// The part that starts at `offset`. The caller has reserved it.
    func bytes(_ offset: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + count])
    }
}
