import PostgresCluster
import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection
@testable import SayiirPostgres

/// `tail --follow` on a store whose sequences become visible out of order, or never.
@Suite("Following a store in PostgreSQL")
final class StoreTailTests {
    private let options: PostgresOptions
    private let address: StoreAddress
    private let server: ServerAddress
    private var revision: Int64 = 0

    init() async throws {
        var options = PostgresOptions()
        options.schema = MovedTour.schema()
        self.options = options
        let url = try await PostgresCluster.shared.url
        address = StoreAddress(url: url, schema: options.schema)
        server = try ServerAddress(url: url)
        try SchemaMigrator(connection: PostgresConnection(server, options), schema: options.schema).migrate()
    }

    private func connect() throws -> PostgresConnection { try PostgresConnection(server, options) }

    /// Appends an event that says `text`, in the transaction that is open if there is one.
    private func append(_ text: String, on connection: PostgresConnection) throws {
        revision += 1
        let event = Event(
            instance: InstanceID("i"), revision: UInt64(revision), time: History.origin,
            body: .annotated(Event.Annotated(text: text)))
        var data: [UInt8] = []
        event.encode(into: &data)
        let hex = data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        try connection.runScript(
            "INSERT INTO events (instance, revision, kind, time, data) VALUES ('i', \(revision), 27, 0, '\\x\(hex)')")
    }

    /// Follows, and does one of the steps before each look. Gives the texts that each look showed.
    private func follow(
        last count: Int? = nil, _ steps: [() throws -> Void]
    ) throws -> [[String]] {
        var tail = TailInspection(try EventFilter())
        (tail.follows, tail.count) = (true, count)
        var (looks, shown): ([[String]], [String]) = ([], [])
        var rest = steps[...]
        var failure: (any Error)?
        tail.pause = {
            looks.append(shown)
            shown = []
            guard let step = rest.popFirst() else { return false }
            do { try step() } catch { failure = error }
            return true
        }
        let output = Output { bytes in
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
                let text = object(String(line))?["text"] as? String
                shown.append(text ?? String(line))
            }
        }
        var complaints: [String] = []
        let console = Console(output: output, style: Style(isJSON: true)) { complaints.append($0) }
        #expect(tail.perform(on: LogSource(address), console) == .clean)
        #expect(complaints == [])
        if let failure { throw failure }
        return looks
    }

    @Test("an event that commits late is waited for, and then all come in order, each once")
    func late() throws {
        let (slow, quick) = (try connect(), try connect())
        try append("a", on: quick)
        let looks = try follow([
            {
                try slow.runScript("BEGIN")
                try self.append("b", on: slow)
                try self.append("c", on: quick)
            },
            {},
            { try self.append("d", on: quick) },
            {},
            { try slow.runScript("COMMIT") },
            { try self.append("e", on: quick) },
        ])
        #expect(looks == [["a"], [], [], [], [], ["b", "c", "d"], ["e"]])
    }

    @Test("an event that is rolled back is waited for as long as it might come, and no longer")
    func rolledBack() throws {
        let (slow, quick) = (try connect(), try connect())
        let looks = try follow([
            {
                try slow.runScript("BEGIN")
                try self.append("lost", on: slow)
                try self.append("b", on: quick)
            },
            {},
            {},
            { try slow.runScript("ROLLBACK") },
            {},
            {
                try quick.runScript("BEGIN")
                try self.append("lost too", on: quick)
                try quick.runScript("ROLLBACK")
                try self.append("c", on: quick)
            },
            {}, {},
        ])
        #expect(looks[0...3] == [[], [], [], []])
        #expect(looks[4...].flatMap { $0 } == ["b", "c"])
        #expect(looks[5].isEmpty || looks[4] == ["b"])
    }

    @Test(
        "what was under way when the following began is shown when it comes, and nothing that was there is shown twice")
    func underWayAtBeginning() throws {
        let (slow, quick) = (try connect(), try connect())
        try append("a", on: quick)
        try slow.runScript("BEGIN")
        try append("b", on: slow)
        try append("c", on: quick)
        let looks = try follow(
            last: 1,
            [{}, { try self.append("d", on: quick) }, {}, { try slow.runScript("COMMIT") }, {}])
        #expect(looks[0] == ["c"])
        #expect(looks[1...3] == [[], [], []])
        #expect(looks[4...].flatMap { $0 } == ["b", "d"])
    }

    @Test("another transaction that writes elsewhere holds nothing back")
    func bystander() throws {
        let (slow, quick) = (try connect(), try connect())
        try slow.runScript("CREATE TABLE other (n integer); BEGIN; INSERT INTO other VALUES (1)")
        let looks = try follow([
            {
                try quick.runScript("BEGIN")
                try self.append("lost", on: quick)
                try quick.runScript("ROLLBACK")
                try self.append("a", on: quick)
            },
            {}, {},
        ])
        #expect(looks.flatMap { $0 } == ["a"])
        try slow.runScript("ROLLBACK")
    }

    @Test("an event that cannot be decoded is shown as such, and the other commands say that it is left out")
    func unreadable() throws {
        let connection = try connect()
        try append("a", on: connection)
        try connection.runScript(
            """
            INSERT INTO events (instance, revision, kind, time, data) VALUES ('i', 2, 27, 0, '\\xffff');
            INSERT INTO instances (id, revision) VALUES ('i', 2);
            """)
        var tail = TailInspection(try EventFilter())
        tail.count = nil
        let shown = Run(tail, on: LogSource(address), style: Style(isJSON: true))
        #expect(shown.status == .corrupt && shown.lines.count == 2)
        let json = try #require(object(shown.lines[1]))
        #expect(json["type"] as? String == "unreadable" && json["error"] != nil && json["segment"] == nil)
        let text = Run(tail, on: LogSource(address), style: Style())
        #expect(text.lines[1].contains("unreadable") && !text.lines[1].contains("frame"))
        let show = Run(ShowInspection("i"), on: LogSource(address))
        #expect(show.status == .corrupt && show.complaints[0].contains("record 2 of 'i', in "))
        #expect(show.complaints[0].contains("schema \(options.schema), is left out"))
    }

    @Test("the server refuses changes on a connection that only looks")
    func changesNothing() throws {
        let reader = try PostgresStoreReader(address.url, schema: address.schema)
        for statement in [
            "CREATE TABLE other (n integer)", "DELETE FROM instances", "INSERT INTO moved VALUES ('x', 1)",
        ] {
            let error = #expect(throws: PostgresError.self) { try reader.connection.runScript(statement) }
            #expect(error?.sqlState == "25006")
        }
    }

    @Test("of the numbers that were seen only the highest count: what is far below them was there or never comes")
    func window() {
        var order = SequenceOrder(seen: [12, 10, 15], isWhole: { _ in false })
        #expect(order.settled == 10)
        #expect(order.take([11, 12, 15, 16], { $0 }, writers: ["a"]) == [11])
        #expect(order.take([15, 16], { $0 }, writers: ["a", "b"]).isEmpty)
        #expect(order.take([15, 16], { $0 }, writers: ["b"]) == [16])
        var empty = SequenceOrder(seen: [], isWhole: { _ in true })
        #expect(empty.take([1, 2], { $0 }, writers: []) == [1, 2])
        // Nothing comes behind the last number that there is.
        var last = SequenceOrder(seen: [0], isWhole: { _ in false })
        #expect(last.settled == 0 && last.take([UInt64(Int64.max)], { $0 }, writers: []).isEmpty)
    }

    @Test(
        "whatever the order of begins, commits and roll-backs: all that is committed comes, in order, once",
        arguments: 1...300)
    func anyOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var next: UInt64 = 1
        /// Who writes, and the numbers that they were given.
        var writing: [String: [UInt64]] = [:]
        var visible: Set<UInt64> = []
        var given: [UInt64] = []
        var order: SequenceOrder?
        var before: Set<UInt64> = []
        func look(isLast: Bool = false) {
            let writers = Set(writing.keys)
            if !isLast, Bool.random(using: &random) { act() }
            let page = visible.filter { $0 > (order?.settled ?? 0) }.sorted().prefix(
                Int.random(in: 1...9, using: &random))
            given += order?.take(Array(page), { $0 }, writers: writers) ?? []
        }
        func act() {
            switch Int.random(in: 0..<4, using: &random) {
            case 0: writing["\(next)-\(writing.count)-\(Int.random(in: 0..<1000, using: &random))"] = []
            case 1:
                guard let writer = writing.keys.sorted().randomElement(using: &random) else { return }
                writing[writer]?.append(next)
                next += 1
            default:
                guard let writer = writing.keys.sorted().randomElement(using: &random) else { return }
                let numbers = writing.removeValue(forKey: writer) ?? []
                if Int.random(in: 0..<3, using: &random) > 0 { visible.formUnion(numbers) }
            }
        }
        for _ in 0..<Int.random(in: 0..<60, using: &random) { act() }
        before = visible
        order = SequenceOrder(seen: Array(visible), isWhole: { _ in true })
        for _ in 0..<400 {
            act()
            if Int.random(in: 0..<3, using: &random) == 0 { look() }
        }
        for writer in writing.keys.sorted() { visible.formUnion(writing.removeValue(forKey: writer) ?? []) }
        for _ in 0..<300 { look(isLast: true) }
        #expect(given == visible.subtracting(before).sorted())
    }
}
