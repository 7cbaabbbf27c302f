import Sayiir

func branches() async throws {
    let fetchData = DurableTask("fetch_data") { (source: String) in "\(source): 3, 1, x, 2" }
    let transform = DurableTask("transform") { (text: String) in
        text.split(whereSeparator: { " ,:".contains($0) }).dropFirst().map { Int($0) }
    }
    let validate = DurableTask("validate") { (numbers: [Int?]) in numbers.compactMap { $0 } }
    let fetchMetadata = DurableTask("fetch_metadata") { (source: String) in ["owner": "team of \(source)"] }

    let workflow = try Flow("pipeline", input: String.self)
        .fork(
            Branch("numbers") { $0.then(fetchData).then(transform).then(validate) },
            Branch(fetchMetadata)
        )
        .join(byName: "merge_results") { results in
            let numbers = try results["numbers", as: [Int].self]
            let metadata = try results["fetch_metadata", as: [String: String].self]
            return "\(numbers) of \(metadata["owner"] ?? "nobody")"
        }
        .build()

    print(try await runWorkflow(workflow, "sales"))
}
