import SayiirEvents
import SayiirProjection

/// Samples of states, one for each place at which instances of a workflow wait: states at the same place differ in little else than their
/// values and times, so each is kept as how it differs from the sample.
struct StateSamples: Sendable {
    /// What states are alike in.
    struct Kind: Hashable, Sendable {
        /// The workflow; `nil` if nothing was submitted.
        var workflow: ServedWorkflow?
        /// The node that began last.
        var node: NodeID?

        init(workflow: ServedWorkflow?, node: NodeID?) {
            self.workflow = workflow
            self.node = node
        }

        init(of state: InstanceState) {
            workflow = state.served
            node = state.steps.last?.step.node
        }
    }

    /// A sample, and what it is a sample of.
    struct Sample: Sendable {
        var kind: Kind
        var bytes: [UInt8]
    }

    /// The number of no sample.
    static let none: UInt16 = 0
    /// So many, and no more: they stay for as long as the process.
    private static let limit = 1024
    /// What comes later in a large state is compressed by what came before in itself.
    private static let byteLimit = 4096

    private(set) var all: [UInt16: Sample] = [:]
    private var numbers: [Kind: UInt16] = [:]

    /// The bytes of a sample; none if there is no such sample.
    subscript(number: UInt16) -> [UInt8]? { number == Self.none ? [] : all[number]?.bytes }

    /// The number of the sample for a state, which becomes it if there is none yet; ``none`` if there are too many.
    mutating func number(for state: InstanceState, encodedAs bytes: [UInt8]) -> UInt16 {
        let kind = Kind(of: state)
        if let number = numbers[kind] { return number }
        guard all.count < Self.limit, let number = (1...UInt16(Self.limit)).first(where: { all[$0] == nil }) else {
            return Self.none
        }
        _ = add(Sample(kind: kind, bytes: Array(bytes.prefix(Self.byteLimit))), as: number)
        return number
    }

    /// Adds a sample; false if that cannot be its number.
    mutating func add(_ sample: Sample, as number: UInt16) -> Bool {
        guard (1...UInt16(Self.limit)).contains(number), all[number] == nil else { return false }
        all[number] = sample
        numbers[sample.kind] = number
        return true
    }
}

// MARK: Snapshots

extension StateSamples {
    /// Takes the payload of a snapshot's entry; false if it is none.
    mutating func restore(_ payload: ArraySlice<UInt8>) -> Bool {
        var rest = payload
        func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        guard let number = take(2)?.littleEndianNumber, let definitionCount = take(2)?.littleEndianNumber,
            let definition = take(Int(definitionCount)), let nameCount = take(2)?.littleEndianNumber,
            let name = take(Int(nameCount)), let nodeCount = take(2)?.littleEndianNumber,
            let node = take(Int(nodeCount))
        else { return false }
        let workflow = ServedWorkflow(
            name: String(decoding: name, as: UTF8.self), definition: DefinitionHash(bytes: Array(definition)))
        let kind = Kind(
            workflow: definition.isEmpty ? nil : workflow,
            node: node.isEmpty ? nil : NodeID(String(decoding: node, as: UTF8.self)))
        return add(Sample(kind: kind, bytes: Array(rest)), as: UInt16(number))
    }

    /// Appends the payload of a snapshot's entry.
    static func encode(_ number: UInt16, _ sample: Sample, into output: inout [UInt8]) {
        output.appendLittleEndianNumber(UInt64(number), byteCount: 2)
        let definition = sample.kind.workflow?.definition.bytes.prefix(Int(UInt16.max)) ?? []
        output.appendLittleEndianNumber(UInt64(definition.count), byteCount: 2)
        output += definition
        let name = (sample.kind.workflow?.name.utf8).map { Array($0.prefix(Int(UInt16.max))) } ?? []
        output.appendLittleEndianNumber(UInt64(name.count), byteCount: 2)
        output += name
        let node = (sample.kind.node?.rawValue.utf8).map { Array($0.prefix(Int(UInt16.max))) } ?? []
        output.appendLittleEndianNumber(UInt64(node.count), byteCount: 2)
        output += node
        output += sample.bytes
    }
}
