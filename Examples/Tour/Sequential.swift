import Sayiir

func sequential() async throws {
    let double = DurableTask("double") { (x: Int) in x * 2 }
    let addTen = DurableTask("add_ten") { (x: Int) in x + 10 }

    let workflow = try Flow("math", input: Int.self)
        .then(double)
        .then(addTen)
        .build()

    print(try await runWorkflow(workflow, 5))
}
