import ArgumentParser
import Foundation

/// Draws stored results.
struct MakePage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page", abstract: "Make a page of stored results; of several runs, they are laid over each other.")

    @Argument(
        help: "Files of results, as runs have written them; the first is the one that the others are held against.")
    var results: [String]

    @Option(help: "Where the page goes; by default beside the first file.")
    var page: String?

    func run() throws {
        let reports = try results.map { try RunReport(json: Data(contentsOf: URL(fileURLWithPath: $0))) }
        guard let first = results.first else { return }
        let path = page ?? (first.hasSuffix(".json") ? String(first.dropLast(5)) : first) + ".html"
        try Data(ResultsPage.html(of: reports).utf8).write(to: URL(fileURLWithPath: path))
        print("page     \(path)")
    }
}
