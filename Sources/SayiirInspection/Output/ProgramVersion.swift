internal import SayiirLog

/// What the program is, for those who have to say what they used.
package enum ProgramVersion {
    /// The version of the program; changed with each release.
    private static let number = "unreleased"

    /// `1.0.0, for logs to format 1 and case bundles to format 2`.
    package static var text: String {
        "\(number), for logs to format \(FormatVersions.log) and case bundles to format \(FormatVersions.bundle)"
    }

    /// The name with the version.
    package static var line: String { "sayiir-inspect \(text)" }
}
