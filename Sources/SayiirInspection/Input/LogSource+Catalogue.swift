internal import SayiirCatalogue
internal import SayiirLog

extension LogSource {
    /// The log's catalogue, whether or not there is one.
    var catalogue: Catalogue { Catalogue(of: reader, path: cataloguePath) }

    /// The log's catalogue, if there is one and it may be used.
    var existingCatalogue: Catalogue? {
        guard usesCatalogue else { return nil }
        let catalogue = catalogue
        return catalogue.exists ? catalogue : nil
    }

    /// Takes into the catalogue what it has not, or makes it, and tells the meter how far that is.
    @discardableResult
    func update(_ catalogue: Catalogue) throws -> UInt64 { try metered { try catalogue.update(progress: $0) } }

    /// Calls `body` with what it has to tell of its progress.
    func metered<Result>(_ body: ((CatalogueProgress) -> Void) throws -> Result) rethrows -> Result {
        let extent = extent
        defer { meter?.clear() }
        return try body { advance(to: $0.frame, of: extent) }
    }
}
