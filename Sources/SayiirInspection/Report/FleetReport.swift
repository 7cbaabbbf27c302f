internal import SayiirEvents
internal import SayiirProjection

/// All instances as a page: of each no more than a summary is kept.
struct FleetReport {
    var instances: [InstanceOverview]
    var times: ClosedRange<Timestamp>?
    var log: LogFacts

    /// Longer lists are cut: a page has to be read by a person.
    private static let longestTable = 2000
    private static let longestList = 10

    /// The page.
    var text: String {
        var page = ReportPage(title: safe(Self.name(of: log.directory)), eyebrow: log.kind)
        page.scripts = [ReportStyle.filter]
        return page.text { html in
            html.element("p", [("class", "status")]) { html in
                html.element("span", text: counted(instances.count, "instance"))
                if let times {
                    html.element(
                        "span", [("class", "soft")],
                        text: "\(times.lowerBound.dateAndTime) to \(times.upperBound.dateAndTime) UTC")
                }
            }
        } body: { html in
            html.section("status", "Status", writeCounts)
            html.section("workflows", "Workflows", writeWorkflows)
            if let chart = ThroughputChart(instances, times) {
                html.section("throughput", "Throughput") { chart.write(to: &$0) }
            }
            list("failed", "Failed", instances.filter { $0.status == .failed }, by: { newest($0.endedAt) }, to: &html)
            list(
                "standing", "Standing still the longest", instances.filter(\.isStanding), by: { oldest($0.updatedAt) },
                to: &html)
            list("slowest", "Slowest", instances.filter { $0.endedAt != nil }, by: { longest($0.duration) }, to: &html)
            html.section("all", "Instances", writeInstances)
            html.section("log", "Log") { $0.facts(log.facts) }
        }
    }

    private static func name(of directory: String) -> String {
        directory.split(separator: "/").last.map(String.init) ?? directory
    }

    private func writeCounts(to html: inout HTMLWriter) {
        let counts = instances.reduce(into: [StatusName: Int]()) { $0[$1.status, default: 0] += 1 }
        html.element("ul", [("class", "tiles")]) { html in
            for status in StatusName.allCases {
                guard let count = counts[status] else { continue }
                html.element("li") { html in
                    html.element("strong", text: grouped(UInt64(count)))
                    html.pill(status.rawValue)
                }
            }
        }
    }

    private func writeWorkflows(to html: inout HTMLWriter) {
        let groups = Dictionary(grouping: instances, by: { ExactText($0.workflow) }).sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }
        html.element(
            "div", [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-labelledby", "workflows")]
        ) { html in
            html.element("table") { html in
                html.tableHead([
                    "Workflow", ">Instances", ">Completed", ">Failed", ">Live", ">Median time", ">Longest time",
                ])
                html.element("tbody") { html in
                    for (workflow, members) in groups.prefix(Self.longestTable).map({ ($0.key.rawValue, $0.value) }) {
                        let durations = members.filter { $0.status == .completed }.compactMap(\.duration).sorted()
                        html.element("tr") { html in
                            html.element(
                                "th", [("scope", "row")], text: workflow.isEmpty ? "(not submitted)" : safe(workflow))
                            for text in [
                                "\(members.count)", "\(members.count { $0.status == .completed })",
                                "\(members.count { $0.status == .failed })", "\(members.count { $0.endedAt == nil })",
                                durations.isEmpty ? "–" : durations[durations.count / 2].words,
                                durations.last?.words ?? "–",
                            ] { html.element("td", [("class", "number")], text: text) }
                        }
                    }
                }
            }
        }
    }

    // MARK: Instances

    private func newest(_ time: Timestamp?) -> Int64 { time.map { ~$0.nanosecondsSinceEpoch } ?? .max }
    private func oldest(_ time: Timestamp?) -> Int64 { time?.nanosecondsSinceEpoch ?? .max }
    private func longest(_ duration: Duration?) -> Int64 { ~(duration?.saturatedNanoseconds ?? 0) }

    private func list(
        _ id: String, _ title: String, _ members: [InstanceOverview], by rank: (InstanceOverview) -> Int64,
        to html: inout HTMLWriter
    ) {
        guard !members.isEmpty else { return }
        let shown = members.map { (rank($0), $0) }.sorted { ($0.0, ExactText($0.1.id)) < ($1.0, ExactText($1.1.id)) }
            .prefix(Self.longestList)
        html.section(id, title) { html in
            let words = members.count > shown.count ? "\(shown.count) of \(grouped(UInt64(members.count)))" : ""
            table(shown.map(\.1), words, id: nil, to: &html)
        }
    }

    private func writeInstances(to html: inout HTMLWriter) {
        let sorted = instances.sorted {
            (newest($0.updatedAt), ExactText($0.id)) < (newest($1.updatedAt), ExactText($1.id))
        }
        let shown = Array(sorted.prefix(Self.longestTable))
        let words =
            shown.count < sorted.count
            ? "The \(grouped(UInt64(shown.count))) of \(grouped(UInt64(sorted.count))) that changed last; the command 'list' shows all."
            : "The one that changed last first."
        html.element("label", [("hidden", "")]) { html in
            html.text("Show only rows that contain")
            html.open("input", [("id", "filter"), ("type", "search"), ("autocomplete", "off")])
        }
        table(shown, words, id: "instances", to: &html)
    }

    private func table(_ members: [InstanceOverview], _ words: String, id: String?, to html: inout HTMLWriter) {
        var attributes: [HTMLWriter.Attribute] = [("class", "stack")]
        if let id { attributes.append(("id", id)) }
        html.element("table", attributes) { html in
            if !words.isEmpty { html.element("caption", text: words) }
            html.tableHead(["Instance", "Status", "Workflow", "Last event (UTC)", ">Duration", "Details"])
            html.element("tbody") { html in
                for instance in members {
                    html.element("tr") { html in
                        html.element("th", [("scope", "row")], text: safe(instance.id))
                        html.element("td") { $0.pill(instance.status.rawValue) }
                        html.element("td", [("class", "words")], text: safe(instance.workflow))
                        html.element("td", [("class", "nowrap soft")], text: instance.updatedAt?.dateAndTime ?? "")
                        html.element("td", [("class", "number")], text: instance.duration?.words ?? "")
                        html.element("td", [("class", "words wide")], text: safe(instance.detail).shortened(to: 200))
                    }
                    html.markup("\n")
                }
            }
        }
    }
}

extension InstanceOverview {
    /// Whether nothing but waiting is left, or something was begun and is not done.
    fileprivate var isStanding: Bool { !status.isEnded && status != .unsubmitted }
}
