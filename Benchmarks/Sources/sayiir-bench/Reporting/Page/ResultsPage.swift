enum ResultsPage {
    static func html(of reports: [RunReport]) -> String { "" }
}
