#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Foundation

/// Where the figures come from.
enum Machine {
    /// The processor's name.
    static var processor: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? architecture
    }

    /// How many of its cores are usable here.
    static var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }

    /// Bytes of memory that the machine has.
    static var memoryBytes: UInt64 { ProcessInfo.processInfo.physicalMemory }

    /// The operating system's name and release.
    static var kernel: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        return "\(text(name.sysname)) \(text(name.release))"
    }

    /// The seconds for which processors were at work for this process so far. POSIX has a million clock ticks in a second.
    static var processorTime: Double { Double(clock()) / 1e6 }

    private static var architecture: String {
        var name = utsname()
        return uname(&name) == 0 ? text(name.machine) : "unknown processor"
    }

    /// The file system that holds a directory, as the mount table names it, with its device and its options.
    static func fileSystem(of directory: String) -> (type: String, device: String) {
        let path = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
        let table = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        var mounts: [[Substring]] = []
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: " ")
            guard columns.count >= 4 else { continue }
            let point = columns[1] == "/" ? "/" : columns[1] + "/"
            if (path + "/").hasPrefix(point) { mounts.append(columns) }
        }
        guard let mount = mounts.max(by: { $0[1].count < $1[1].count }) else { return ("unknown", "unknown") }
        return ("\(mount[2]) (\(mount[3]))", String(mount[0]))
    }

    private static func text<Tuple>(_ tuple: Tuple) -> String {
        withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// Hands on what was printed so far.
func flushOutput() { fflush(nil) }
