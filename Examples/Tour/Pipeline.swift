import Sayiir

func pipeline() async throws {
    let workflow = try Flow("pipeline", input: Int.self)
        .thenLambda { $0 * 2 }
        .thenLambda { $0 + 1 }
        .thenLambda { String($0) }
        .build()

    print(try await runWorkflow(workflow, 5))
}
