import Sayiir

private struct Draft: Codable, Sendable {
    var text: String
    var revision = 0
}

func refinement() async throws {
    let refine = DurableTask("refine") { (draft: Draft) -> LoopResult<Draft> in
        let better = Draft(text: draft.text, revision: draft.revision + 1)
        return better.revision == 3 ? .done(better) : .again(better)
    }

    let workflow = try Flow("iterative", input: String.self)
        .then("initial_draft") { Draft(text: $0) }
        .loop(refine, maxIterations: 5)
        .then("publish") { "Published after \($0.revision) revisions: \($0.text)" }
        .build()
    print(try await runWorkflow(workflow, "rough draft"))

    // A loop that is not done in time fails, or ends with what it has.
    let impatient = try Flow("impatient", input: String.self)
        .then("initial_draft") { Draft(text: $0) }
        .loop(refine, maxIterations: 2, onMax: .exitWithLast)
        .then("publish") { "Published after \($0.revision) revisions: \($0.text)" }
        .build()
    print(try await runWorkflow(impatient, "rough draft"))
}
