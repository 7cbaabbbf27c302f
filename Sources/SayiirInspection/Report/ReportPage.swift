internal import Crypto
internal import SayiirEvents

/// The frame of a report: one page that needs nothing else, and that may load and run nothing else.
struct ReportPage {
    var title: String
    /// What stands above the title.
    var eyebrow: String
    /// The scripts, besides that for printing.
    var scripts: [StaticString] = []

    /// The whole page; `head` writes what stands below the title, `body` the sections.
    func text(head: (inout HTMLWriter) -> Void, body: (inout HTMLWriter) -> Void) -> String {
        var html = HTMLWriter()
        html.markup("<!DOCTYPE html>\n")
        html.element("html", [("lang", "en")]) { html in
            html.element("head") { html in
                html.markup("<meta charset=\"utf-8\">")
                html.open("meta", [("http-equiv", "Content-Security-Policy"), ("content", policy)])
                html.markup("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
                html.markup("<meta name=\"referrer\" content=\"no-referrer\">")
                html.element("title", text: title)
                html.element("style") { $0.markup(ReportStyle.sheet) }
            }
            html.markup("\n")
            html.element("body") { html in
                html.element("header") { html in
                    html.element("p", [("class", "eyebrow")], text: eyebrow)
                    html.element("h1", text: title)
                    head(&html)
                }
                html.markup("\n")
                html.element("main", content: body)
                html.markup("\n")
                html.element("footer", text: "Made by sayiir-inspect \(ProgramVersion.text). All times are in UTC.")
                for script in allScripts { html.element("script") { $0.markup(script) } }
            }
        }
        html.markup("\n")
        return html.output
    }

    private var allScripts: [StaticString] { [ReportStyle.printing] + scripts }

    /// Only the style sheet and the scripts of this program, by their digests.
    private var policy: String {
        let scripts = allScripts.map(Self.source).joined(separator: " ")
        return
            "default-src 'none'; style-src \(Self.source(ReportStyle.sheet)); script-src \(scripts); base-uri 'none'; "
            + "form-action 'none'"
    }

    private static func source(_ text: StaticString) -> String {
        "'sha256-\(base64(Array(SHA256.hash(data: Array("\(text)".utf8)))))'"
    }
}

// What all sections are made of.
extension HTMLWriter {
    /// Writes an element without attributes.
    fileprivate mutating func element(_ name: StaticString, content: (inout HTMLWriter) -> Void) {
        element(name, [], content)
    }

    /// Writes a section with its heading.
    mutating func section(_ id: String, _ title: String, _ content: (inout HTMLWriter) -> Void) {
        element("section", [("aria-labelledby", id)]) { html in
            html.element("h2", [("id", id)], text: title)
            content(&html)
        }
        markup("\n")
    }

    /// Writes names and their values.
    mutating func facts(_ facts: [(name: String, value: String)]) {
        element("dl") { html in
            for fact in facts where !fact.value.isEmpty {
                // Digests need a line of their own.
                html.element("div", fact.value.count > 30 ? [("class", "full")] : []) { html in
                    html.element("dt", text: fact.name)
                    html.element("dd", text: fact.value)
                }
            }
        }
    }

    /// Writes a status or outcome.
    mutating func pill(_ rawValue: String) {
        element("span", [("class", "pill \(rawValue)")], text: String(rawValue.map { $0 == "_" ? " " : $0 }))
    }

    /// Writes the head of a table; a title that begins with `>` stands over numbers.
    mutating func tableHead(_ titles: [String], secondRow: ((inout HTMLWriter) -> Void)? = nil) {
        element("thead") { html in
            html.element("tr") { html in
                for title in titles {
                    let isNumber = title.hasPrefix(">")
                    html.element(
                        "th", [("scope", "col")] + (isNumber ? [("class", "number")] : []),
                        text: isNumber ? String(title.dropFirst()) : title)
                }
            }
            secondRow?(&html)
        }
    }

    /// Writes a payload that can be folded away; cut if it is longer than anybody reads.
    mutating func payload(_ title: String, _ payload: Payload, _ style: Style, isOpen: Bool = false) {
        let words = SayiirInspection.text(of: payload, style)
        if payload.isSensitive && !style.revealsSensitive {
            element("p", [("class", "soft")], text: title.isEmpty ? words : "\(title): \(words)")
            return
        }
        element("details", isOpen ? [("open", "")] : []) { html in
            html.element("summary", text: title.isEmpty ? words.shortened(to: 60) : title)
            html.element(
                "pre", text: String(prettyLines(of: payload, style).joined(separator: "\n").prefix(Self.longestPayload))
            )
        }
    }

    private static let longestPayload = 50_000
}
