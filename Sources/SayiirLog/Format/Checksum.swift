internal import CSayiir

/// CRC-32C of `bytes`, continuing from `start`. About 10 GB/s where the processor has an instruction for it.
func crc32c(_ bytes: UnsafeRawBufferPointer, continuing start: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress else { return start }
    return csayiir_crc32c(start, base, bytes.count)
}
