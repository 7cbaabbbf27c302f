#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Foundation

/// Where the figures come from.
struct Machine {
    /// The processor's name and the number of its cores that are usable here.
    static var processor: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        let name = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? architecture
        return "\(name), \(ProcessInfo.processInfo.activeProcessorCount) cores"
    }

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

    /// The file system that holds a directory, as the mount table names it, with its device.
    static func fileSystem(of directory: String) -> String {
        let path = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
        let table = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        var mounts: [[Substring]] = []
        for line in table.split(separator: "\n") {
            let columns = line.split(separator: " ")
            guard columns.count >= 3 else { continue }
            let point = columns[1] == "/" ? "/" : columns[1] + "/"
            if (path + "/").hasPrefix(point) { mounts.append(columns) }
        }
        guard let mount = mounts.max(by: { $0[1].count < $1[1].count }) else { return "unknown" }
        return "\(mount[2]) on \(mount[0])"
    }

    private static func text<Tuple>(_ tuple: Tuple) -> String {
        withUnsafeBytes(of: tuple) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
