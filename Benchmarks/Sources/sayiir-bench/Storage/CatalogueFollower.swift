import Foundation
import SayiirCatalogue
import SayiirEvents

/// A catalogue's service while something else is measured, and how far it is behind meanwhile.
final class CatalogueFollower {
    private let catalogue: Catalogue
    /// Seconds between now and the latest event that the catalogue had, at each look.
    private(set) var lags: [Double] = []

    init(log: String) { catalogue = Catalogue(ofLog: log) }

    /// Takes in what is there, so that what follows is not measured with it.
    func catchUp() async throws { try catalogue.update() }

    /// Runs the service while `body` runs.
    func following<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let service = CatalogueService(catalogue)
        let run = Task { await service.run() }
        let watch = Task { [catalogue] in
            var lags: [Double] = []
            // The first look is at what the last round left.
            try? await Task.sleep(for: .milliseconds(500))
            while !Task.isCancelled {
                if let latest = try? catalogue.status().times?.upperBound {
                    let now = Date().timeIntervalSince1970
                    lags.append(now - Double(latest.nanosecondsSinceEpoch) / 1e9)
                }
                try? await Task.sleep(for: .milliseconds(50))
            }
            return lags
        }
        let result = try await body()
        watch.cancel()
        lags += await watch.value
        run.cancel()
        await run.value
        return result
    }
}
