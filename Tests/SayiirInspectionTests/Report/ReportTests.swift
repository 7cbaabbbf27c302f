import Foundation
import SayiirEvents
import SayiirTesting
import Testing

@testable import SayiirInspection

@Suite struct ReportTests {
    private func report(
        _ instance: String? = nil, on disk: InMemoryFileSystem, style: Style = Style()
    ) throws -> String {
        let run = Run(ReportInspection(of: instance, to: Destination(path: "page.html")), on: disk, style: style)
        #expect(run.complaints.isEmpty && run.status == .clean)
        return String(decoding: try disk.bytes(of: "page.html"), as: UTF8.self)
    }

    /// What XML readers make of the page: each element is closed, each attribute is quoted.
    private func isWellFormed(_ page: String) -> Bool {
        // In HTML these have no end.
        let text = page.replacing("<!DOCTYPE html>", with: "")
            .replacing(#/<(meta|input)([^>]*)>/#) { "<\($0.1)\($0.2)/>" }
            .replacing(#/<(style|script)>[\s\S]*?<\/(style|script)>/#, with: "")
        return XMLCheck.accepts(text)
    }

    @Test("the page of an instance tells all of it, and needs nothing from outside")
    func instance() async throws {
        let page = try report("order-42", on: try await sampleDisk())
        #expect(isWellFormed(page))
        for words in [
            "<h1>order-42</h1>", "<span class=\"pill completed\">completed</span>", "after 3.41s", "Attempt 2",
            "PaymentDeclined: the bank did not answer in time; next after 1.00s", "&quot;sku&quot;: &quot;tea&quot;",
            "<caption>12 events</caption>", "retry_scheduled",
            "5c18fbc6a119cf6947e83990642d3156436a8816293e555bbb12152fe2e301d7",
        ] { #expect(page.contains(words), "\(words)") }
        for outside in ["http:", "https:", "src=", "@import", "url(h", "<link", "<img"] {
            #expect(!page.contains(outside), "\(outside)")
        }
        #expect(page.contains("default-src &#39;none&#39;; style-src &#39;sha256-"))
        #expect(!page.contains("unsafe-inline") && !page.contains(" style=") && !page.contains(" onclick"))
    }

    @Test("the graph of the definition is drawn with the run's way, each box and arrow once")
    func graph() async throws {
        let page = try report("waits", on: try await DefinitionSample.disk())
        #expect(isWellFormed(page))
        #expect(page.matches(of: #/<g class="box /#).count == 18)
        #expect(page.contains("<g class=\"box not_taken\">"))
        #expect(page.contains("say &quot;hi&quot; [&lt;b&gt;]</text>"))
        let failed = try report("fails", on: try await DefinitionSample.disk())
        #expect(failed.matches(of: #/<g class="box failed">/#).count == 1)
    }

    @Test("no boxes of a drawn graph overlap, and all lie within it")
    func layout() throws {
        let text =
            "T:a;F:b||c||d[T:b;D:w:500;T:b2;,F:x||y[T:x;,T:y;,]J:T:j;,T:d;,]J:T:sum;B:r{x=>T:x2;,}_=>M:m{T:e;};;L:l:5:fail{T:s;T:t;};"
        let definition = try #require(Definition(text))
        let chart = FlowChart(definition, nil)
        let layout = GraphLayout(definition, chart)
        #expect(layout.boxes.count == chart.boxes.count && layout.groups.count == chart.groups.count)
        for (place, box) in layout.boxes.enumerated() {
            #expect(box.x >= 0 && box.y >= 0 && box.right <= layout.width && box.bottom <= layout.height)
            for other in layout.boxes[(place + 1)...] {
                let isApart =
                    box.right <= other.x || other.right <= box.x || box.bottom <= other.y || other.bottom <= box.y
                #expect(isApart)
            }
        }
        for arrow in chart.arrows where !arrow.isBack {
            #expect(layout.boxes[arrow.from].bottom < layout.boxes[arrow.to].y)
        }
    }

    @Test("the page of all tells how many there are, which failed, and which stand still")
    func fleet() async throws {
        let page = try report(on: try await sampleDisk())
        #expect(isWellFormed(page))
        for words in [
            "<h1>log</h1>", "6 instances", "<h2 id=\"failed\">Failed</h2>", "Standing still the longest", "Slowest",
            "charge_card: PaymentDeclined: card expired\\u001b[31m", "<table class=\"stack\" id=\"instances\">",
        ] { #expect(page.contains(words), "\(words)") }
        #expect(page.matches(of: #/<tr><th scope="row">(order|report|user|reminder)-/#).count >= 6)
    }

    @Test("markup in ids, names, errors and payloads stands there as text")
    func escapes() async throws {
        let evil = "<script>alert('x')</script>\"&"
        var history = History()
        let step = Step(NodeID(evil))
        history.add(InstanceID(evil), 0, .submit(evil, #"{"a":"<script>alert('x')</script>"}"#, tags: [evil]), by: evil)
        history.add(InstanceID(evil), 1, .start(step, on: evil))
        history.add(InstanceID(evil), 2, .taskFail(step, evil, evil))
        history.add(InstanceID(evil), 2, .fail(step, evil, evil))
        let disk = InMemoryFileSystem()
        try await writeLog(history.events, to: "log", on: disk)
        var export = ReportInspection(of: evil, to: Destination())
        for instance in [evil, nil] {
            export.instance = instance
            let page = Run(export, on: disk).output
            #expect(isWellFormed(page))
            #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"))
            #expect(!page.contains("<script>alert"))
        }
    }

    @Test("sensitive payloads are not in the page unless they are asked for")
    func sensitive() async throws {
        let disk = try await sampleDisk()
        let hidden = Run(ReportInspection(of: "user-9", to: Destination()), on: disk).output
        #expect(!hidden.contains("s3cret") && hidden.contains("(sensitive, 8 bytes of json, "))
        let style = Style(revealsSensitive: true)
        #expect(
            Run(ReportInspection(of: "user-9", to: Destination()), on: disk, style: style).output.contains("s3cret"))
    }
}

/// Whether each element is closed in turn and no text has a bare `<` or `&`: a check of its own, so that it depends on no library.
enum XMLCheck {
    static func accepts(_ text: String) -> Bool {
        var open: [Substring] = []
        for piece in text.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            guard let end = piece.firstIndex(of: ">") else { return false }
            let tag = piece[..<end]
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
            if name.isEmpty { return false }
            if tag.hasPrefix("/") {
                guard open.popLast() == name else { return false }
            } else if !tag.hasSuffix("/") {
                open.append(name)
            }
            if tag.filter({ $0 == "\"" }).count % 2 != 0 { return false }
        }
        let entities = text.matches(of: ##/&(amp|lt|gt|quot|#39);/##).count
        return open.isEmpty && entities == text.filter { $0 == "&" }.count
    }
}
