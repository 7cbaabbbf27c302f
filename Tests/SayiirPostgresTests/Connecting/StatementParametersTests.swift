import Testing

@testable import SayiirPostgres

/// Parameters in binary form, as the server understands them.
@Suite struct StatementParametersTests {
    private static let texts: [String?] = [
        "", "a", nil, "ä€😀", "NULL", #"{"a",b\}"#, "line\nbreak", "'", String(repeating: "x", count: 70_000),
    ]

    @Test("an array of texts arrives element by element, with empty ones and NULL apart")
    func texts() async throws {
        var parameters = StatementParameters()
        parameters.append(array: Self.texts)
        #expect(try await answers("SELECT unnest($1::text[])", parameters) == Self.texts)
        #expect(try await answers("SELECT array_ndims($1::text[])::text", parameters) == ["1"])
    }

    @Test("arrays without elements, and of NULL alone, arrive as such")
    func empty() async throws {
        for (array, count) in [([], "0"), ([nil], "1"), ([nil, nil], "2")] as [([String?], String)] {
            var parameters = StatementParameters()
            parameters.append(array: array)
            #expect(try await answers("SELECT cardinality($1::text[])::text", parameters) == [count])
            #expect(try await answers("SELECT unnest($1::text[])", parameters) == array)
        }
    }

    @Test("numbers arrive as they are, up to the ends of their ranges")
    func numbers() async throws {
        let long: [Int64?] = [0, 1, -1, nil, .min, .max, 0x0102_0304_0506_0708]
        var parameters = StatementParameters()
        parameters.append(array: long)
        #expect(try await answers("SELECT unnest($1::bigint[])::text", parameters) == long.map { $0.map { "\($0)" } })
        let short: [Int32] = [0, -1, .min, .max, 0x0102_0304]
        parameters = StatementParameters()
        parameters.append(array: short)
        #expect(try await answers("SELECT unnest($1::integer[])::text", parameters) == short.map { "\($0)" })
        for number in long {
            parameters = StatementParameters()
            parameters.append(number)
            #expect(try await answers("SELECT $1::bigint::text", parameters) == [number.map { "\($0)" }])
        }
    }

    @Test("bytes arrive as they are, also those that no text may hold")
    func bytes() async throws {
        let arrays: [[UInt8]?] = [[], [0], [0, 0xFF, 0x80], nil, Array(0...255)]
        var parameters = StatementParameters()
        parameters.append(array: arrays)
        let expected = arrays.map { $0.map { $0.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() } }
        #expect(try await answers("SELECT encode(unnest($1::bytea[]), 'hex')", parameters) == expected)
        parameters = StatementParameters()
        parameters.append([UInt8]())
        #expect(try await answers("SELECT ($1::bytea = ''::bytea)::text", parameters) == ["true"])
    }

    @Test("an empty text is not NULL, and parameters keep their order")
    func single() async throws {
        var parameters = StatementParameters()
        parameters.append("")
        parameters.append(Optional<String>.none)
        parameters.append(true)
        parameters.append(Int32(7))
        parameters.append("last")
        let sql = """
            SELECT concat_ws(',', ($1::text IS NULL)::text, ($2::text IS NULL)::text, $3::boolean::text, $4::integer::text, $5::text)
            """
        #expect(try await answers(sql, parameters) == ["false,true,true,7,last"])
        var flags = StatementParameters()
        flags.append(array: [true, nil, false] as [Bool?])
        #expect(try await answers("SELECT unnest($1::boolean[])::text", flags) == ["true", nil, "false"])
    }

    private func answers(_ sql: String, _ parameters: StatementParameters) async throws -> [String?] {
        let access = try await ServerAccess()
        defer { access.close() }
        return try await access.texts(sql, parameters)
    }
}
