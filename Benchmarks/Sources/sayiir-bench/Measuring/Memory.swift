import Foundation

/// The memory of this process.
enum Memory {
    /// Forgets the peak so far.
    static func resetPeak() {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    /// The most memory that was resident since the peak was last forgotten, in bytes; 0 where the system does not tell.
    static var peakBytes: Int { status("VmHWM:") }

    /// What is resident now, in bytes; 0 where the system does not tell.
    static var residentBytes: Int { status("VmRSS:") }

    private static func status(_ name: String) -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    }
}
