#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes a line to standard output with one system call, so that it arrives whole or not at all.
func say(_ text: String) {
    let line = Array("\(text)\n".utf8)
    if write(STDOUT_FILENO, line, line.count) != line.count { exit(3) }
}
