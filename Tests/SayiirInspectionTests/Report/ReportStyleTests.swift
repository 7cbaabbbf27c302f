import Foundation
import Testing

@testable import SayiirInspection

@Suite struct ReportStyleTests {
    /// The sets of colours in the style sheet: light, dark, print.
    private var sets: [[String: String]] {
        "\(ReportStyle.sheet)".components(separatedBy: ":root{").dropFirst().map { block in
            block.prefix { $0 != "}" }.matches(of: #/--([a-z-]+):(#[0-9a-f]{3,6})/#).reduce(into: [:]) {
                $0[String($1.1)] = String($1.2)
            }
        }
    }

    /// The relative luminance of WCAG 2.
    private func luminance(_ colour: String) throws -> Double {
        var digits = String(colour.dropFirst())
        if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
        let value = try #require(UInt32(digits, radix: 16))
        let parts = [16, 8, 0].map { shift in
            let part = Double(value >> UInt32(shift) & 0xFF) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private func contrast(_ first: String, _ second: String) throws -> Double {
        let (a, b) = (try luminance(first), try luminance(second))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test("every text has a contrast of at least 4.5 to 1 to what it stands on, in light, dark and print")
    func contrasts() throws {
        let sets = sets
        #expect(sets.count == 3)
        for set in sets {
            func check(_ text: String, on ground: String) throws {
                let contrast = try contrast(try #require(set[text]), try #require(set[ground]))
                #expect(contrast >= 4.5, "\(text) on \(ground): \(contrast)")
            }
            for ground in ["ground", "card", "fill"] {
                for text in ["ink", "soft"] { try check(text, on: ground) }
            }
            try check("accent", on: "card")
            for kind in ["good", "bad", "wait", "run", "doubt"] { try check(kind, on: "\(kind)-fill") }
            // Boxes of a graph.
            for ground in ["good-fill", "bad-fill", "run-fill"] {
                for text in ["ink", "soft"] { try check(text, on: ground) }
            }
        }
        for mark in RunPath.Mark.allCases {
            let contrast = try contrast(mark.colours.text, mark.colours.fill)
            #expect(contrast >= 4.5)
        }
    }
}
