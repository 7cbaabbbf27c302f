internal import SayiirEvents
internal import SayiirLog

/// The ids that a shell offers while an instance is being typed.
package enum InstanceCompletion {
    /// More ids are of no use to anybody who types.
    private static let mostIDs = 200
    /// Of a larger log the ids are not read: a shell waits for them.
    private static let mostBytes: Int64 = 256 << 20

    /// Returns the ids that begin with what was typed, of the log that a word of the command line names; none if there is no such log.
    ///
    /// Reads the log, up to 256 MiB of it.
    package static func ids(beginningWith prefix: String, in words: [String]) -> [String] {
        for word in words.dropFirst() where !word.hasPrefix("-") {
            let reader = LogReader(directory: word)
            guard let segments = try? reader.segments(), !segments.isEmpty,
                segments.reduce(0, { $0 + $1.byteCount }) <= mostBytes
            else { continue }
            var ids: Set<InstanceID> = []
            _ = try? reader.verify { frame in
                frame.forEachRecord { record in
                    guard record.kind == .event, record.key.utf8.starts(with: prefix.utf8), isTypeable(record.key)
                    else {
                        return
                    }
                    ids.insert(InstanceID(record.key))
                }
            }
            return ids.sorted().prefix(mostIDs).map(\.rawValue)
        }
        return []
    }

    /// Scripts of shells split what they are offered at blanks, and read other signs their own way.
    private static func isTypeable(_ id: String) -> Bool {
        id.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "-_./:@+=,".unicodeScalars.contains(scalar)
        }
    }
}
