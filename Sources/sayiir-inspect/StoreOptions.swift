import ArgumentParser
import SayiirInspection

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a store in PostgreSQL is that is read in the place of a log.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read a store in PostgreSQL in the place of DIR: postgresql://user@host/database. "
                + "$\(StoreOptions.variable) is used if neither is given.",
            valueName: "url"))
    var postgres: String?

    @Option(help: ArgumentHelp("The schema of the store in PostgreSQL.", valueName: "name"))
    var schema = "sayiir"

    /// The environment variable that may hold the URL: arguments are seen by all users of a machine.
    static let variable = "SAYIIR_POSTGRES"

    static var environmentURL: String? {
        getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Tells whether the first argument names a log, or already what follows.
    ///
    /// - Parameters:
    ///   - first: The first argument.
    ///   - operands: The others.
    ///   - most: How many may follow what names a log.
    func place(first: String?, _ operands: [String], most: Int) throws -> Place {
        let arguments = [first].compactMap { $0 } + operands
        if let postgres {
            guard !postgres.isEmpty else {
                throw InspectionError("--postgres is empty. Give a URL like postgresql://user@host/database.")
            }
            guard arguments.count <= most else {
                throw InspectionError("--postgres takes the place of DIR: give no directory.")
            }
            return Place(source: .store(StoreAddress(url: postgres, schema: schema)), operands: arguments)
        }
        if let url = Self.environmentURL, arguments.count <= most, !(first.map(Self.exists) ?? false) {
            return Place(source: .store(StoreAddress(url: url, schema: schema)), operands: arguments)
        }
        guard let first else {
            throw InspectionError("name a log's directory, or a store with --postgres and its URL.")
        }
        return Place(source: .log(directory: first), operands: operands)
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
