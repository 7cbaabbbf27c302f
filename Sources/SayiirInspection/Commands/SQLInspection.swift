internal import SayiirCatalogue
internal import SayiirEvents

/// What a person's own SQL finds in the catalogue, which is brought up to date before, and made if there is none.
package struct SQLInspection: Inspection {
    /// One statement that only reads.
    package var sql: String

    /// A Boolean value that indicates whether comma-separated values are printed.
    package var writesCSV = false

    package init(_ sql: String) { self.sql = sql }

    package func run(on log: LogSource, _ console: Console) throws -> ExitStatus {
        let catalogue = log.catalogue
        try log.update(catalogue)
        let table = try catalogue.run(sql)
        if console.style.isJSON {
            for row in table.rows { try console.output.line(Self.json(row, table.columns)) }
        } else if writesCSV {
            try console.output.text(Self.csv(table.columns))
            for row in table.rows { try console.output.text(Self.csv(row.map(\.text))) }
        } else {
            let text = Self.text(table)
            let lines =
                text.fits(console.style) || table.rows.isEmpty ? text.lines(console.style) : text.lists(console.style)
            for line in lines { try console.output.line(line) }
        }
        return .clean
    }

    /// A line of comma-separated values, as RFC 4180 has them.
    private static func csv(_ values: [String]) -> String {
        values.map { value in
            let isPlain = value.utf8.allSatisfy { ![34, 44, 10, 13].contains($0) }
            guard !isPlain else { return value }
            return "\"" + value.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
        }.joined(separator: ",") + "\r\n"
    }

    private static func text(_ result: CatalogueTable) -> Table {
        var table = Table(
            columns: result.columns.enumerated().map { place, name in
                let isNumber = result.rows.allSatisfy { $0[place].isNumber } && !result.rows.isEmpty
                return Table.Column(
                    title: safe(name).uppercased(), isRightAligned: isNumber, smallestWidth: isNumber ? nil : 8)
            })
        table.rows = result.rows.map { row in row.map { Table.Cell(safe($0.text)) } }
        return table
    }

    private static func json(_ row: [CatalogueTable.Value], _ columns: [String]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        for (column, value) in zip(columns, row) {
            writer.name(column)
            switch value {
            case .null: writer.null()
            case .integer(let number): writer.number(number)
            case .real(let number) where number.isFinite: writer.raw("\(number)")
            case .real, .text, .blob: writer.string(value.text)
            }
        }
        writer.endObject()
        return writer.text
    }
}

extension CatalogueTable.Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .null, .integer, .real: true
        case .text, .blob: false
        }
    }

    /// The value as people read it; nothing for NULL.
    fileprivate var text: String {
        switch self {
        case .null: ""
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .blob(let bytes): hexadecimal(bytes)
        }
    }
}
