extension InstanceState {
    /// The version of the encoding. A snapshot of another version is not used: its states are folded again from their
    /// events.
    public static let encodingVersion: UInt32 = 2

    /// Appends the state's encoding to `output`.
    ///
    /// Costs time in proportion to what is appended; sets are sorted.
    public func encode(into output: inout [UInt8]) {
        var writer = StateWriter()
        writer.exchangeOutput(with: &output)
        writer.write(self)
        writer.exchangeOutput(with: &output)
    }

    /// Reads what ``encode(into:)`` wrote, all of `bytes`. Allocates no more than the input's size calls for.
    ///
    /// - Throws: If the bytes are no state in the version ``encodingVersion``; any input at all gives either a state
    ///   or this error. Damage that gives another valid state goes unnoticed: a checksum has to guard against it.
    public init(decoding bytes: ArraySlice<UInt8>) throws(StateDecodingError) {
        self = try bytes.withUnsafeBufferPointer { content throws(StateDecodingError) in
            var reader = try StateReader(UnsafeRawBufferPointer(content))
            let state = try InstanceState(from: &reader)
            try reader.finish()
            return state
        }
    }
}

extension InstanceState: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(try reader.read())
        let start = reader.position
        run = try reader.read()
        revision = try reader.read()
        // Every run began with an event of its own. To count on relies on it.
        guard run <= revision else { throw StateDecodingError(.contradiction, at: start) }
        phase = try reader.read()
        workflow = try reader.read()
        definition = try reader.read()
        input = try reader.read()
        metadata = try reader.read()
        priority = try reader.read()
        tags = try reader.read()
        traceContext = try reader.read()
        deadline = try reader.read()
        steps = try reader.read()
        stuckSteps = try reader.read()
        mailbox = try reader.read()
        cancelRequest = try reader.read()
        pauseRequest = try reader.read()
        interruptedStep = try reader.read()
        resultStep = try reader.read()
        failure = try reader.read()
        failedStep = try reader.read()
        lineage = try reader.read()
        leaseHolder = try reader.read()
        leaseEpoch = try reader.read()
        submittedAt = try reader.read()
        updatedAt = try reader.read()
        endedAt = try reader.read()
        hasUnknownEvents = try reader.read()
        anomalies = try reader.read()
    }

    func write(to writer: inout StateWriter) {
        writer.write(id)
        writer.write(run)
        writer.write(revision)
        writer.write(phase)
        writer.write(workflow)
        writer.write(definition)
        writer.write(input)
        writer.write(metadata)
        writer.write(priority)
        writer.write(tags)
        writer.write(traceContext)
        writer.write(deadline)
        writer.write(steps)
        writer.write(stuckSteps)
        writer.write(mailbox)
        writer.write(cancelRequest)
        writer.write(pauseRequest)
        writer.write(interruptedStep)
        writer.write(resultStep)
        writer.write(failure)
        writer.write(failedStep)
        writer.write(lineage)
        writer.write(leaseHolder)
        writer.write(leaseEpoch)
        writer.write(submittedAt)
        writer.write(updatedAt)
        writer.write(endedAt)
        writer.write(hasUnknownEvents)
        writer.write(anomalies)
    }
}
