import SayiirEvents
import Testing

@testable import SayiirProjection

@Suite("The open steps of a table")
struct OpenStepsTests {
    private static func step(_ number: Int) -> Step { Step("t", indices: [UInt32(number)]) }

    private static func mailbox(_ names: [String]) -> SignalMailbox {
        var mailbox = SignalMailbox()
        for (number, name) in names.enumerated() {
            mailbox.append(
                SignalMailbox.Entry(
                    revision: UInt64(number + 1), signal: name, payload: Payload(codec: "json", bytes: []),
                    receivedAt: .second(0)),
                deduplicationID: nil)
        }
        return mailbox
    }

    /// What a table says, found by going through all of its entries; `opened` lists the open ones in their order.
    private struct Model {
        var opened: [Int] = []

        func movable(_ table: StepTable, at now: Timestamp, _ mailbox: SignalMailbox) -> [Step] {
            opened.filter { place in
                switch table[place].status {
                case .ready, .failed: true
                case .waitingToRetry(let due), .delaying(let due): due <= now
                case .awaitingSignal(let name, let deadline):
                    mailbox.first(named: name) != nil || deadline.map { $0 <= now } ?? false
                case .running, .inDoubt, .entered, .completed: false
                }
            }.map { table[$0].step }
        }
    }

    private static func status(using random: inout some RandomNumberGenerator) -> StepState.Status {
        let time = Timestamp.second(Int64.random(in: 0..<50, using: &random))
        let name = ["s", "caf\u{E9}", "cafe\u{301}"].randomElement(using: &random) ?? ""
        let all: [StepState.Status] = [
            .ready, .running, .waitingToRetry(at: time), .inDoubt, .delaying(until: time),
            .awaitingSignal(name: name, deadline: time), .awaitingSignal(name: name, deadline: nil), .entered, .failed,
            .completed, .completed, .completed,
        ]
        return all.randomElement(using: &random) ?? .ready
    }

    @Test(
        "Few and many open steps give the same answers: order, waits, what is under way, and what can move",
        arguments: 1...4 as ClosedRange<UInt64>)
    func matchesModel(_ seed: UInt64) {
        var random = SplitMix64(state: seed)
        var table = StepTable()
        var model = Model()
        for round in 0..<3000 {
            // In waves: up to some hundred open steps, and down to none.
            let grows = (round / 400).isMultiple(of: 2)
            if table.isEmpty || (grows && Bool.random(using: &random)) {
                let status = Self.status(using: &random)
                table.insert(
                    StepState(step: Self.step(table.count), kind: .task, status: status, startedAt: .second(0)))
                if status != .completed { model.opened.append(table.count - 1) }
            } else {
                let isOpen = Int.random(in: 0..<10, using: &random) < 9
                let place =
                    (isOpen ? model.opened.randomElement(using: &random) : nil)
                    ?? Int.random(in: 0..<table.count, using: &random)
                let status = grows ? Self.status(using: &random) : .completed
                let wasOpen = !table[place].isCompleted
                table.update(Self.step(place)) { $0.status = status }
                if wasOpen, status == .completed { model.opened.removeAll { $0 == place } }
                if !wasOpen, status != .completed { model.opened.append(place) }
            }
            guard round % 7 == 0 else { continue }
            #expect(table.openPlaces == model.opened)
            #expect(table.openCount == model.opened.count)
            let open = model.opened.map { table[$0].status }
            #expect(table.hasOneUnderWay == (open.count { $0 != .entered } <= 1))
            let dues: [Timestamp] = open.compactMap { status in
                switch status {
                case .waitingToRetry(let due), .delaying(let due): due
                case .awaitingSignal(_, let deadline): deadline
                case .ready, .running, .inDoubt, .entered, .failed, .completed: nil
                }
            }
            #expect(table.waits.earliest == dues.min())
            #expect(
                table.waits.isAny
                    == open.contains { status in
                        switch status {
                        case .waitingToRetry, .delaying, .awaitingSignal: true
                        case .ready, .running, .inDoubt, .entered, .failed, .completed: false
                        }
                    })
            let now = Timestamp.second(Int64.random(in: 0..<50, using: &random))
            // With a letter for each that waits: otherwise those behind the last letter are left out, which cannot move.
            let mailbox = Self.mailbox(Array(repeating: "caf\u{E9}", count: table.count))
            #expect(table.movable(at: now, with: mailbox) == model.movable(table, at: now, mailbox))
            // A table that was read says the same.
            let read = StepTable(Array(table), openPlaces: table.openPlaces)
            #expect(read == table)
            #expect(read?.movable(at: now, with: mailbox) == table.movable(at: now, with: mailbox))
            #expect(read?.waits.earliest == table.waits.earliest)
        }
    }

    @Test("Of many steps that wait for one signal as many can move as have arrived, the first ones first")
    func signals() {
        var table = StepTable()
        for number in 0..<200 {
            table.insert(
                StepState(
                    step: Self.step(number), kind: .signal, status: .awaitingSignal(name: "s", deadline: nil),
                    startedAt: .second(0)))
        }
        let mailbox = Self.mailbox(["s", "s", "other"])
        for number in 0..<190 {
            #expect(table.movable(at: .second(1), with: mailbox) == [Self.step(number), Self.step(number + 1)])
            table.update(Self.step(number)) { $0.status = .completed }
        }
    }

    @Test("Updating all open steps closes those that complete, at every size")
    func updateOpen() {
        for count in [3, 40, 400] {
            var table = StepTable()
            for number in 0..<count {
                table.insert(
                    StepState(step: Self.step(number), kind: .task, status: .running, startedAt: .second(0)))
            }
            table.updateOpen { if $0.step.indices[0] % 3 == 0 { $0.status = .completed } }
            #expect(table.openPlaces == (0..<count).filter { $0 % 3 != 0 })
        }
    }
}
