/// Rows of text in aligned columns, made to fit a width.
struct Table {
    /// One column.
    struct Column {
        var title: String
        var isRightAligned = false
        /// The columns with the lowest rank above 0 are left out first where there is too little room; 0 stays.
        var dropRank = 0
        /// Whether its texts may be cut; no narrower than this.
        var smallestWidth: Int?
    }

    /// One text of a row.
    struct Cell {
        var text: String
        var colour: Colour?

        init(_ text: String, _ colour: Colour? = nil) {
            self.text = text
            self.colour = colour
        }
    }

    var columns: [Column]
    var rows: [[Cell]] = []

    private static let gap = 2

    /// The table's lines, the titles first.
    func lines(_ style: Style) -> [String] {
        var (shown, widths) = (Array(columns.indices), naturalWidths)
        if let width = style.width { fit(&shown, &widths, to: width) }
        let titles = columns.map { Cell($0.title, .dim) }
        return ([titles] + rows).map { line(of: $0, shown, widths, style) }
    }

    /// Whether it has room in the style's width, with all cut and left out that may be.
    func fits(_ style: Style) -> Bool {
        guard let width = style.width else { return true }
        var (shown, widths) = (Array(columns.indices), naturalWidths)
        fit(&shown, &widths, to: width)
        return shown.reduce(-Self.gap) { $0 + widths[$1] + Self.gap } <= width
    }

    /// Each row as a list of its texts, a line for each that is not empty: for tables that do not fit.
    func lists(_ style: Style) -> [String] {
        let longest = columns.reduce(0) { max($0, $1.title.displayWidth) }
        return rows.enumerated().flatMap { place, row in
            (place > 0 ? [""] : [])
                + zip(columns, row).filter { !$0.1.text.isEmpty }.map { column, cell in
                    let room = style.width.map { max(8, $0 - longest - Self.gap) } ?? .max
                    let title = column.title.padded(to: longest + Self.gap)
                    return style.paint(title, .dim) + style.paint(cell.text.shortened(to: room), cell.colour)
                }
        }
    }

    private var naturalWidths: [Int] {
        columns.indices.map { column in
            rows.reduce(columns[column].title.displayWidth) { max($0, $1[column].text.displayWidth) }
        }
    }

    /// Cuts what may be cut, then leaves out columns, then cuts again.
    private func fit(_ shown: inout [Int], _ widths: inout [Int], to width: Int) {
        while true {
            var excess = shown.reduce(-Self.gap) { $0 + widths[$1] + Self.gap } - width
            guard excess > 0 else { return }
            let reducible = shown.reduce(0) { $0 + reserve(of: $1, widths) }
            if reducible < excess, let first = firstToDrop(of: shown) {
                shown.removeAll { $0 == first }
                continue
            }
            for column in shown.reversed() where excess > 0 {
                let cut = min(excess, reserve(of: column, widths))
                widths[column] -= cut
                excess -= cut
            }
            return
        }
    }

    /// By how much a column can be made narrower.
    private func reserve(of column: Int, _ widths: [Int]) -> Int {
        guard let smallest = columns[column].smallestWidth else { return 0 }
        return max(0, widths[column] - max(smallest, columns[column].title.displayWidth))
    }

    private func firstToDrop(of shown: [Int]) -> Int? {
        shown.filter { columns[$0].dropRank > 0 }.min { columns[$0].dropRank < columns[$1].dropRank }
    }

    private func line(of row: [Cell], _ shown: [Int], _ widths: [Int], _ style: Style) -> String {
        var line = ""
        for column in shown {
            let cell = row[column]
            let text = cell.text.shortened(to: widths[column])
            let blanks = String(repeating: " ", count: widths[column] - text.displayWidth)
            let painted = style.paint(text, cell.colour)
            line += columns[column].isRightAligned ? blanks + painted : painted + blanks
            if column != shown.last { line += String(repeating: " ", count: Self.gap) }
        }
        return line.withoutTrailingBlanks
    }
}
