import Testing

@testable import SayiirInspection

@Suite struct DumpTests {
    @Test("each frame has its place, and its records follow with their bytes")
    func frames() async throws {
        var dump = DumpInspection(try EventFilter(from: 14, to: 15))
        dump.showsBytes = true
        #expect(
            try await Run(onSample: dump, style: Style()).output == """
                segment 00000001-00000000000000000001.seg
                  frame at 5464: 2 records in 150 bytes, durable before it to 5464
                        14  2026-03-01 12:00:00.020  order-43          task_started          charge_card  on worker-1
                            000000  080282021b0a0d0a0b6368617267655f6361726410011a08776f726b65722d31
                  frame at 5696: 2 records in 106 bytes, durable before it to 5696
                        15  2026-03-01 12:00:00.080  order-43          task_timed_out        charge_card  after 50ms
                            000000  08039a02160a0d0a0b6368617267655f6361726410011880e1eb17

                """)
    }

    @Test("frames without records are shown where nothing is left out")
    func promises() async throws {
        let all = try await Run(onSample: DumpInspection(try EventFilter())).output
        #expect(all.contains(": promise, durable before it to"))
        let some = try await Run(onSample: DumpInspection(try EventFilter(instance: "user-9"))).output
        #expect(!some.contains("promise"))
    }

    @Test("a type that does not exist and a range that is turned round are errors")
    func wrongFilters() throws {
        #expect(throws: InspectionError.self) { try EventFilter(types: ["task_exploded"]) }
        #expect(throws: InspectionError.self) { try EventFilter(from: 2, to: 1) }
        _ = try EventFilter(types: ["unknown_99", "definition", "task_failed"], from: 2, to: 2)
    }
}
