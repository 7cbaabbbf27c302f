import SayiirEvents

extension Anomaly: StateValue {
    static var smallestSize: Int { 2 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(revision: try reader.read(), problem: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(revision)
        writer.write(problem)
    }
}

extension Anomaly.Problem: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        switch try reader.readByte() {
        case 0: self = .foreignInstance(try reader.read())
        case 1: self = .repeatedRevision(current: try reader.read())
        case 2: self = .missingRevisions(expected: try reader.read())
        case 3: self = .beforeSubmission
        case 4: self = .afterEnd(try reader.read())
        case 5: self = .alreadySubmitted
        case 6: self = .unexpectedPhase(try reader.read())
        case 7: self = .stepNotBegun(try reader.read())
        case 8: self = .unexpectedStatus(try reader.read(), try reader.read())
        case 9:
            self = .unexpectedAttempt(try reader.read(), expected: try reader.read(), found: try reader.read())
        case 10: self = .signalMissing(try reader.read(), receivedRevision: try reader.read())
        case 11: self = .repeatedSignal(deduplicationID: try reader.read())
        case 12: self = .staleEpoch(current: try reader.read(), found: try reader.read())
        default: throw StateDecodingError(.unknownCase, at: start)
        }
    }

    func write(to writer: inout StateWriter) {
        switch self {
        case .foreignInstance(let id): writer.write(0, id)
        case .repeatedRevision(let current): writer.write(1, current)
        case .missingRevisions(let expected): writer.write(2, expected)
        case .beforeSubmission: writer.write(byte: 3)
        case .afterEnd(let phase): writer.write(4, phase)
        case .alreadySubmitted: writer.write(byte: 5)
        case .unexpectedPhase(let phase): writer.write(6, phase)
        case .stepNotBegun(let step): writer.write(7, step)
        case .unexpectedStatus(let step, let status): writer.write(8, step, status)
        case .unexpectedAttempt(let step, let expected, let found): writer.write(9, step, expected, found)
        case .signalMissing(let step, let revision): writer.write(10, step, revision)
        case .repeatedSignal(let id): writer.write(11, id)
        case .staleEpoch(let current, let found): writer.write(12, current, found)
        }
    }
}
