import Foundation
import Testing

/// Checks what the compiler says of wrong flows, word for word.
///
/// `SAYIIR_WRITE_GOLDEN=1` writes the errors into `WrongFlows.txt`. Read what has changed: an error names the two types
/// and stands at the line that is wrong.
@Suite(.serialized) struct WrongFlowTests {
    /// Declarations that all programs share, in a file of their own.
    private static let preamble = """
        import Sayiir
        struct Order: Codable, Sendable { var id: String; var amount: Int }
        struct Receipt: Codable, Sendable { var text: String }
        struct Verdict: Codable, Sendable { var isApproved: Bool }
        enum Kind: String, CaseIterable, Sendable { case small, large }
        final class Box { let number: Int; init(_ number: Int) { self.number = number } }
        final class Shared: Codable { var number: Int; init(number: Int) { self.number = number } }
        let validate = DurableTask("validate") { (order: Order) in Receipt(text: order.id) }
        let price = DurableTask("price") { (order: Order) in order.amount }
        let mail = DurableTask("mail") { (receipt: Receipt) in receipt.text }
        let count = DurableTask("count") { (text: String) in text.count }
        let half = DurableTask("half") { (number: Int) in Double(number) / 2 }
        let round = DurableTask("round") { (number: Double) in Int(number) }
        let text = DurableTask("text") { (number: Int) in "\\(number)" }
        let refine = DurableTask("refine") { (order: Order) -> LoopResult<Order> in .done(order) }
        let approve = Signal("approve", of: Verdict.self)
        """

    private static let header = """
        import Sayiir
        func program(_ archive: Workflow<Receipt, String>, _ engine: Engine) async throws {

        """

    /// Type-checks programs in one go, each in a file of its own, and returns the errors in each.
    private func errors(in flows: [WrongFlow]) throws -> [[WrongFlow.Diagnostic]] {
        var files = ["preamble.swift": Self.preamble]
        for (number, flow) in flows.enumerated() {
            let header = Self.header.replacing("program", with: "program_\(number)")
            files["program_\(number).swift"] = header + flow.code + "}\n"
        }
        // As one module, in one process: each file is checked whatever is wrong with the others.
        let verdict = try Compiler().check(files: files, "-whole-module-optimization")
        #expect(!verdict.hasCrashed, "\(verdict.output.suffix(3000))")
        var errors = [[WrongFlow.Diagnostic]](repeating: [], count: flows.count)
        let pattern = /^\/.*\/program_(\d+)\.swift:(\d+):\d+: error: (.*?)( \[#\w+\])?$/
        for text in verdict.errors {
            guard let match = try pattern.wholeMatch(in: text), let number = Int(match.1), let line = Int(match.2),
                flows.indices.contains(number)
            else {
                Issue.record("an error in no program: \(text)")
                continue
            }
            errors[number].append(WrongFlow.Diagnostic(line: line - 2, message: String(match.3)))
        }
        return errors.map { Set($0).sorted() }
    }

    @Test("A wrong flow gives an error that names both types at the line that is wrong")
    func wrongFlows() throws {
        var flows = WrongFlow.read(try String(contentsOf: WrongFlow.file, encoding: .utf8))
        #expect(flows.count >= 40)
        #expect(Set(flows.map(\.title)).count == flows.count)
        let found = try errors(in: flows)
        for (flow, errors) in zip(flows, found) {
            #expect(!errors.isEmpty, "accepted: \(flow.title)")
            for error in errors {
                #expect(!error.message.contains("failed to produce diagnostic"), "\(flow.title)")
                #expect(!error.message.contains("in reasonable time"), "\(flow.title)")
            }
            if flow.isMismatch { #expect(errors.contains { $0.names.count >= 2 }, "\(flow.title): \(errors)") }
        }
        if ProcessInfo.processInfo.environment["SAYIIR_WRITE_GOLDEN"] != nil {
            for (number, errors) in found.enumerated() { flows[number].errors = errors }
            try WrongFlow.text(flows).write(to: WrongFlow.file, atomically: true, encoding: .utf8)
        }
        for (flow, errors) in zip(flows, found) {
            // The words are those of Swift 6.3. Another compiler has to find the first wrong line.
            #if compiler(>=6.3) && compiler(<6.4)
                #expect(errors == flow.errors, "\(flow.title)")
            #else
                #expect(errors.contains { $0.line == flow.errors.first?.line }, "\(flow.title)")
            #endif
        }
    }
}
