import SayiirEvents

extension StuckStep: StateValue {
    /// The step 2, the value 4, the moment 8.
    static var smallestSize: Int { 14 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(step: try reader.read(), value: try reader.read(), since: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(step)
        writer.write(value)
        writer.write(since)
    }
}

extension UndecodableValue: StateValue {
    /// Four texts, 1 each.
    static var smallestSize: Int { 4 }

    init(from reader: inout StateReader) throws(StateDecodingError) {
        self.init(
            codec: try reader.read(), expected: try reader.read(), path: try reader.read(), reason: try reader.read())
    }

    func write(to writer: inout StateWriter) {
        writer.write(codec)
        writer.write(expected)
        writer.write(path)
        writer.write(reason)
    }
}
