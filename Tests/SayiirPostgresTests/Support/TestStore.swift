import Foundation
import PostgresCluster
import SayiirPostgres

/// A store of its own for a test: a schema that nobody else uses, on the server of this run.
enum TestStore {
    static func url() async throws -> String { try await PostgresCluster.shared.url }

    static func options() -> PostgresOptions {
        var options = PostgresOptions()
        options.schema = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        return options
    }

    static func connect(_ options: PostgresOptions = options()) async throws -> PostgresBackend {
        try await PostgresBackend.connect(to: url(), options: options)
    }
}
