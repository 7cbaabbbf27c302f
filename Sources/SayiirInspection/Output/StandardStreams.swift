#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The process's own output, error output and terminal.
package enum StandardStreams {
    /// A console on them. From here on a closed pipe is an error of `write`, and no signal.
    package static func console(width: Int?, json: Bool, revealingSensitive: Bool) -> Console {
        signal(SIGPIPE, SIG_IGN)
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let style = Style(
            width: width ?? (isTerminal ? terminalWidth(of: STDOUT_FILENO) : nil),
            isColoured: isTerminal && !json && allowsColour,
            isJSON: json, revealsSensitive: revealingSensitive)
        let meter = meter
        let output = Output { bytes in
            meter?.clear()
            try write(bytes, to: STDOUT_FILENO)
        }
        return Console(output: output, style: style, meter: meter, isTerminal: isTerminal) { complain($0) }
    }

    /// For the error output, if that is a terminal that can wipe off a line.
    private static var meter: ProgressMeter? {
        guard isatty(STDERR_FILENO) == 1, variable("TERM") != "dumb" else { return nil }
        let width = terminalWidth(of: STDERR_FILENO) ?? 80
        return ProgressMeter(width: width, clock: SystemClock.monotonicNanoseconds) { text in
            try? write(Array(text.utf8), to: STDERR_FILENO)
        }
    }

    /// Writes a sentence to the error output; on a terminal with no word broken over lines.
    package static func complain(_ text: String) {
        let width = isatty(STDERR_FILENO) == 1 ? terminalWidth(of: STDERR_FILENO) : nil
        try? write(Array(Complaint(text, width: width).text.utf8), to: STDERR_FILENO)
    }

    private static var allowsColour: Bool { (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb" }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func terminalWidth(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { writeOnce(descriptor, $0) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                throw OutputClosed()
            } else if errno != EINTR && errno != EAGAIN {
                throw InspectionError("the output cannot be written: \(String(cString: strerror(errno))).")
            }
        }
    }
}

private func writeOnce(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
