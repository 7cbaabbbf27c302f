import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Who runs the server: PostgreSQL refuses to run as root.
enum ServerUser: Sendable {
    case ourselves
    case other(name: String, user: uid_t, group: gid_t)

    /// If we are root, the user of Debian's package or else `nobody`.
    static func choose() throws -> ServerUser {
        guard geteuid() == 0 else { return .ourselves }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return .other(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        throw PostgresClusterError("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")
    }

    /// A command that runs the given one as this user.
    func command(_ command: [String]) -> [String] {
        switch self {
        case .ourselves: command
        case .other(let name, let user, let group):
            #if os(Linux)
                ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"] + command
            #else
                ["sudo", "-n", "-u", name, "--"] + command
            #endif
        }
    }
}
