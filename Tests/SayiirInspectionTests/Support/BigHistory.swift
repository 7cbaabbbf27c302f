import SayiirEvents

extension History {
    /// A flow of nested constructs: a map, in it a loop, in it a fork, with a child and a route behind it.
    static let nested: History = {
        var history = History()
        history.addNested()
        return history
    }()

    private mutating func addNested() {
        let id: InstanceID = "import-2026-03-01"
        add(id, 0, .submit("catalogue_import", #"{"files":["a.csv","b.csv"],"notify":"ops@example.org"}"#))
        add(id, 1, .start(Step("list_files")))
        add(id, 40, .checkpoint(Step("list_files"), #"["a.csv","b.csv"]"#))
        add(id, 40, .mapStarted(.init(step: Step("each_file"), count: 2)))
        for file in 0..<2 as Range<UInt32> { addFile(id, file, 41 + Double(file) * 30) }
        add(id, 900, .mapFinished(.init(step: Step("each_file"))))
        add(id, 900, .childStarted(.init(step: Step("publish"), workflow: "publishing")))
        add(id, 901, .start(Step("publish/render_pages")))
        add(id, 1500, .checkpoint(Step("publish/render_pages"), #"{"pages":118}"#))
        add(id, 1501, .start(Step("publish/target")))
        add(id, 1502, .checkpoint(Step("publish/target"), #""staging""#))
        add(id, 1502, .routed(.init(step: Step("publish/where"), key: "staging", isDefault: false)))
        add(id, 1502, .start(Step("publish/upload_to_staging")))
        add(id, 1720, .taskFail(Step("publish/upload_to_staging"), "TimedOut", "no answer from staging.example.org"))
        add(id, 1720, .retry(Step("publish/upload_to_staging"), 2, at: 3720))
    }

    /// One file: up to two rounds of two checks at the same time.
    private mutating func addFile(_ id: InstanceID, _ file: UInt32, _ start: Double) {
        for round in 0...file {
            let (begin, inner) = (start + Double(round) * 300, [file, round])
            add(
                id, begin,
                .forked(.init(step: Step("checks", indices: inner), branches: ["check_prices", "check_stock"])))
            add(id, begin + 1, .start(Step("check_prices", indices: inner)))
            add(id, begin + 1, .start(Step("check_stock", indices: inner)))
            add(id, begin + 90, .checkpoint(Step("check_stock", indices: inner), #"{"missing":0}"#))
            add(id, begin + 90, .branchFinished(.init(step: Step("checks", indices: inner), branch: "check_stock")))
            add(id, begin + 240, .checkpoint(Step("check_prices", indices: inner), #"{"odd":[12.5,99]}"#))
            add(id, begin + 240, .branchFinished(.init(step: Step("checks", indices: inner), branch: "check_prices")))
            add(id, begin + 240, .joined(.init(step: Step("checks", indices: inner))))
            add(id, begin + 240, .start(Step("merge", indices: inner)))
            add(id, begin + 260, .checkpoint(Step("merge", indices: inner), #"{"decision":"done","value":1}"#))
            add(
                id, begin + 260,
                .loopIterated(
                    .init(
                        step: Step("rounds", indices: [file]), iteration: round,
                        decision: round == file ? .done : .again)))
        }
        let end = start + Double(file) * 300 + 260
        add(
            id, end,
            .loopFinished(.init(step: Step("rounds", indices: [file]), iterations: file + 1, reachedLimit: false)))
        add(id, end, .mapElementFinished(.init(step: Step("each_file"), index: file)))
    }
}
