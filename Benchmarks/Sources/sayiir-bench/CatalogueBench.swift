import Foundation
import SayiirCatalogue

/// What a catalogue costs to build from a log, and how fast it answers.
struct CatalogueBench {
    let log: String
    let eventCount: Int
    private let clock = ContinuousClock()

    init(log: String, eventCount: Int) {
        self.log = log
        self.eventCount = eventCount
    }

    func run() throws {
        let catalogue = Catalogue(ofLog: log)
        Memory.resetPeak()
        let start = clock.now
        let sequence = try catalogue.rebuild()
        let time = (clock.now - start) / .seconds(1)
        guard sequence == eventCount else { throw StorageError(text: "the catalogue ends at sequence \(sequence)") }
        let size = try FileManager.default.attributesOfItem(atPath: catalogue.path)[.size] as? Int ?? 0
        print(
            "  rebuild: \(Table.decimal(time, 1)) s, \(Int(Double(eventCount) / time)) events/s; "
                + "\(size >> 20) MiB; peak resident memory \(Memory.peakBytes >> 20) MiB")
    }
}
