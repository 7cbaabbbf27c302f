import Foundation

/// Where the programs of one PostgreSQL installation are.
struct PostgresPrograms: Sendable {
    /// The folder of `postgres`, `initdb` and `psql`.
    let folder: String

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Looks in `SAYIIR_POSTGRES_BIN` alone if that is set, else on the PATH, then where packages put what is not on it.
    static func find(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> PostgresPrograms {
        if let chosen = environment["SAYIIR_POSTGRES_BIN"] {
            guard let programs = PostgresPrograms(completeIn: chosen) else {
                throw PostgresClusterError("SAYIIR_POSTGRES_BIN (\(chosen)) does not hold postgres, initdb and psql")
            }
            return programs
        }
        let candidates = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + packageFolders()
        for candidate in candidates {
            if let programs = PostgresPrograms(completeIn: candidate) { return programs }
        }
        throw PostgresClusterError(
            "no PostgreSQL server here: run scripts/bootstrap, or set SAYIIR_POSTGRES_BIN to the folder of its programs"
        )
    }

    /// Nil unless the folder has a server, and all three programs are where that server really is: Debian's `psql` on
    /// the PATH is a wrapper, and a folder may hold a link to one program only.
    private init?(completeIn candidate: String) {
        let server = URL(fileURLWithPath: "\(candidate)/postgres").resolvingSymlinksInPath()
        folder = server.deletingLastPathComponent().path
        let isComplete = ["postgres", "initdb", "psql"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: path($0))
        }
        guard isComplete else { return nil }
    }

    /// Debian's and Ubuntu's folders, PGDG's on Red Hat's systems, and Homebrew's, the newest version of each first.
    private static func packageFolders() -> [String] {
        [
            ("/usr/lib/postgresql", "", "bin"), ("/usr", "pgsql-", "bin"),
            ("/opt/homebrew/opt", "postgresql@", "bin"), ("/usr/local/opt", "postgresql@", "bin"),
        ].flatMap { parent, prefix, last in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
            let versions = names.compactMap { name -> (name: String, version: Double)? in
                guard name.hasPrefix(prefix), let version = Double(name.dropFirst(prefix.count)) else { return nil }
                return (name, version)
            }
            return versions.sorted { $0.version > $1.version }.map { "\(parent)/\($0.name)/\(last)" }
        }
    }
}
