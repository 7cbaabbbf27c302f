extension StepTable: StateValue {
    init(from reader: inout StateReader) throws(StateDecodingError) {
        let start = reader.position
        let entries: [StepState] = try reader.read()
        let openCount = try reader.readCount(ofAtLeast: UInt64.smallestSize)
        var openPlaces: [Int] = []
        openPlaces.reserveCapacity(openCount)
        for _ in 0..<openCount { openPlaces.append(Int(truncatingIfNeeded: try reader.readVarint())) }
        guard let table = StepTable(entries, openPlaces: openPlaces) else {
            throw StateDecodingError(.contradiction, at: start)
        }
        self = table
    }

    func write(to writer: inout StateWriter) {
        writer.write(entries)
        writer.write(count: openPlaces.count)
        for place in openPlaces { writer.write(count: place) }
    }
}
