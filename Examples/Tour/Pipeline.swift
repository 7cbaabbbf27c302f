import Sayiir

func pipeline() async throws {
    let workflow = try Flow("pipeline", input: Int.self)
        .then { $0 * 2 }
        .then { $0 + 1 }
        .then { String($0) }
        .build()

    print(try await runWorkflow(workflow, 5))
}
