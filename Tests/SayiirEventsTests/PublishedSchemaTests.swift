import Foundation
import Testing

@testable import SayiirEvents

/// Holds the code against `docs/sayiir.proto`, by its text and by `protoc`, Google's own implementation.
@Suite("The published schema", .serialized)
struct PublishedSchemaTests {
    @Test("protoc encodes every event to the same bytes", arguments: Sample.all)
    func protocEncodes(sample: Sample) throws {
        let bytes = try #require(try Protoc.encodings.get()[sample.text])
        #expect(bytes == encoded(sample.event))
        #expect(try decoded(bytes, like: sample.event) == sample.event)
    }

    @Test("protoc decodes every event to the expected fields", arguments: Sample.all)
    func protocDecodes(sample: Sample) throws {
        let text = try #require(try Protoc.decodings.get()[encoded(sample.event)])
        let expected = sample.text.replacing("{ }", with: "{\n}")
        #expect(text.split(whereSeparator: \.isWhitespace) == expected.split(whereSeparator: \.isWhitespace))
    }

    @Test("every kind has its number and name in the schema", arguments: Event.Kind.allCases)
    func kinds(kind: Event.Kind) throws {
        let type = kind.name.split(separator: "_").map(\.capitalized).joined()
        #expect(try schemaLines("Event").contains("\(type) \(kind.name) = \(kind.rawValue);"))
    }

    @Test("the schema has no kind that the code lacks")
    func noOtherKinds() throws {
        let lines = try schemaLines("Event")
        let start = try #require(lines.firstIndex(of: "oneof body {"))
        #expect(lines[start...].count { $0.hasSuffix(";") } == Event.Kind.allCases.count)
    }

    @Test("every message has exactly the schema's fields", arguments: Sample.all)
    func fields(sample: Sample) throws {
        let kind = try #require(sample.event.body.kind)
        var lister = FieldLister()
        sample.event.body.visitFields(&lister)
        let type = kind.name.split(separator: "_").map(\.capitalized).joined()
        #expect(try schemaLines(type).filter { $0.hasSuffix(";") } == lister.lines)
    }

    @Test("the values have exactly the schema's fields")
    func valueFields() throws {
        #expect(try schemaLines("Step") == FieldLister.lines(of: Step("a")))
        #expect(try schemaLines("Failure") == FieldLister.lines(of: Failure(type: "", message: "")))
        #expect(try schemaLines("TraceContext") == FieldLister.lines(of: TraceContext(recorded: [])))
        #expect(try schemaLines("TraceField") == FieldLister.lines(of: TraceContext.Field(name: "", value: "")))
        #expect(try schemaLines("Payload") == FieldLister.lines(of: Payload(codec: "", bytes: [])))
        let undecodable = UndecodableValue(codec: "", expected: "", reason: "")
        #expect(try schemaLines("UndecodableValue") == FieldLister.lines(of: undecodable))
    }

    /// The lines between a message's braces, without comments and blanks.
    private func schemaLines(_ message: String) throws -> [String] {
        let text = try String(contentsOf: Protoc.schema, encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.hasPrefix("//") }
        if lines.contains("message \(message) {}") { return [] }
        let start = try #require(lines.firstIndex(of: "message \(message) {"))
        let content = lines[(start + 1)...].prefix { !$0.hasSuffix(" {") || $0.hasPrefix("oneof ") }
        return content.filter { $0 != "}" }
    }
}

/// Lists the fields of a message as the schema has them.
private struct FieldLister: FieldVisitor {
    private(set) var lines: [String] = []

    static func lines(of message: some Message) -> [String] {
        var message = message
        var lister = Self()
        message.visitFields(&lister)
        return lister.lines
    }

    mutating func visit<Value: FieldValue>(_ number: UInt32, _ name: StaticString, _ value: inout Value)
        throws(Never)
    {
        lines.append("\(Self.type(Value.self, name.description)) = \(number);")
    }

    private static func type(_ type: Any.Type, _ name: String) -> String {
        switch type {
        case is UInt64.Type: "uint64 \(name)"
        case is UInt32.Type: "uint32 \(name)"
        case is Bool.Type: "bool \(name)"
        case is String.Type: "string \(name)"
        case is ByteString.Type: "bytes \(name)"
        case is Timestamp.Type: "sfixed64 \(name)_unix_ns"
        case is Duration.Type: "int64 \(name)_ns"
        case is Event.LoopDecision.Type: "LoopDecision \(name)"
        case is Step.Type: "Step \(name)"
        case is Payload.Type: "Payload \(name)"
        case is SayiirEvents.Failure.Type: "Failure \(name)"
        case is UndecodableValue.Type: "UndecodableValue \(name)"
        case is [UInt32].Type: "repeated uint32 \(name)"
        case is [String].Type: "repeated string \(name)"
        // The fields of `oneof resolution`.
        case is Bool?.Type: "bool \(name)"
        case is Payload?.Type where name == "completed": "Payload \(name)"
        case is SayiirEvents.Failure?.Type: "Failure \(name)"
        case is String?.Type: "optional string \(name)"
        case is Timestamp?.Type: "optional sfixed64 \(name)_unix_ns"
        case is Step?.Type: "optional Step \(name)"
        case is Payload?.Type: "optional Payload \(name)"
        case is TraceContext?.Type: "optional TraceContext \(name)"
        case is [TraceContext.Field].Type: "repeated TraceField \(name)"
        default: "a type without a schema: \(type)"
        }
    }
}

/// Runs `protoc` on the published schema. A machine without it fails these tests.
///
/// All samples go through one process each way, as the elements of a list: starting one for each takes seconds.
private enum Protoc {
    static let schema = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/sayiir.proto")

    struct Failed: Error {
        let status: Int32
        let message: String
    }

    /// What `protoc` makes of each sample's text.
    static let encodings = Result { () throws -> [String: [UInt8]] in
        let texts = Sample.all.map(\.text)
        let output = try run("--encode", input: Array(texts.map { "events { \($0) }\n" }.joined().utf8))
        return Dictionary(zip(texts, try elements(of: output))) { first, _ in first }
    }

    /// The fields that `protoc` finds in each encoded sample.
    static let decodings = Result { () throws -> [[UInt8]: String] in
        let encodings = Sample.all.map { encoded($0.event) }
        let list = encodings.flatMap { [UInt8]([0x0A]) + varint($0.count) + $0 }
        let text = String(decoding: try run("--decode", input: list), as: UTF8.self)
        // Only an element's own braces stand at the start of a line.
        let elements = text.split(separator: "events {\n").map { String($0.dropLast("}\n".count)) }
        guard elements.count == encodings.count else { throw Failed(status: 0, message: text) }
        return Dictionary(zip(encodings, elements)) { first, _ in first }
    }

    /// The elements of an encoded list: each is a tag, a length and so many bytes.
    private static func elements(of list: [UInt8]) throws -> [[UInt8]] {
        var elements: [[UInt8]] = []
        var rest = list[...]
        while rest.popFirst() == 0x0A {
            var (count, shift) = (0, 0)
            while let byte = rest.popFirst() {
                count |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            elements.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        guard elements.count == Sample.all.count, rest.isEmpty else { throw Failed(status: 0, message: "\(list)") }
        return elements
    }

    private static func varint(_ value: Int) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }

    private static func run(_ mode: String, input: [UInt8]) throws -> [UInt8] {
        let directory = URL(fileURLWithPath: NSTemporaryDirectory())
            .appendingPathComponent("sayiir-protoc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let inputFile = directory.appendingPathComponent("input")
        try Data(input).write(to: inputFile)
        let list = directory.appendingPathComponent("list.proto")
        let declaration = "message List { repeated sayiir.v1.Event events = 1; }"
        try Data("syntax = \"proto3\"; import \"sayiir.proto\"; \(declaration)\n".utf8).write(to: list)

        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "protoc", "--proto_path=\(schema.deletingLastPathComponent().path)", "--proto_path=\(directory.path)",
            "\(mode)=List", list.path,
        ]
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(status: process.terminationStatus, message: message)
        }
        return [UInt8](bytes)
    }
}
