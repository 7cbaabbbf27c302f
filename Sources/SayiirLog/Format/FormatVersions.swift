/// The versions of the formats that this library reads.
package enum FormatVersions {
    /// The highest version of a log's files.
    package static var log: UInt64 { UInt64(SegmentHeader.version) }
    /// The highest version of a case bundle.
    package static var bundle: UInt64 { UInt64(RecordBundle.version) }
}
