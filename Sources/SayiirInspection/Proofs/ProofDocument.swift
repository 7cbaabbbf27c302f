internal import SayiirEvents
internal import SayiirLog

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// A record with the proof that a log has it: what `prove` writes and `check-proof` reads, one JSON object.
struct ProofDocument {
    static let format = "sayiir proof 1"

    /// The log's identity, which the proof does not cover.
    var log: String?
    var proof: InclusionProof
    /// The root that the proof leads to.
    var root: TreeHash
    /// The record's bytes, as they are hashed.
    var bytes: [UInt8]
    /// What they are.
    var record: LogRecord

    /// What the record holds.
    var content: LogEntry.Content { LogEntry.content(of: record) }

    /// The root that the record and the proof give, whatever the document claims; `nil` if the proof is none.
    var provenRoot: TreeHash? { proof.root(of: bytes) }

    /// Puts a document together; `nil` unless the bytes are a record, and the proof leads somewhere.
    init?(_ proof: InclusionProof, of bytes: [UInt8], log: String?) {
        guard let root = proof.root(of: bytes), let record = LogRecord(decoding: bytes, sequence: proof.sequence) else {
            return nil
        }
        (self.log, self.proof, self.root, self.bytes, self.record) = (log, proof, root, bytes, record)
    }

    var json: String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("format", Self.format)
        writer.optional("log", log)
        writer.member("sequence", proof.sequence)
        writer.member("tree_size", proof.treeSize)
        writer.member("root", root.description)
        // For people: what is checked is the record.
        writer.member("instance", record.key)
        writer.member("type", content.typeName(of: record.kind))
        writer.member("record", hexadecimal(bytes))
        writer.name("path")
        writer.beginArray()
        for hash in proof.path { writer.string(hash.description) }
        writer.endArray()
        writer.endObject()
        return writer.text
    }
}

extension ProofDocument {
    /// Why some bytes are no proof document.
    struct Defect: Error {
        var reason: String
    }

    private struct Members: Decodable {
        var format: String
        var log: String?
        var sequence: UInt64
        var treeSize: UInt64
        var root: String
        var record: String
        var path: [String]

        enum CodingKeys: String, CodingKey {
            case format, log, sequence
            case treeSize = "tree_size"
            case root, record, path
        }
    }

    /// Reads a document. Nothing is proven by that.
    init(decoding text: [UInt8]) throws(Defect) {
        guard let members = try? JSONDecoder().decode(Members.self, from: Data(text)) else {
            throw Defect(reason: "it is not the JSON object that 'prove' writes, or not all of it")
        }
        guard members.format == Self.format else {
            throw Defect(reason: "its format is '\(members.format)', and this program knows '\(Self.format)'")
        }
        guard let root = TreeHash(members.root) else { throw Defect(reason: "its root is not 64 hexadecimal digits") }
        var path: [TreeHash] = []
        for text in members.path {
            guard let hash = TreeHash(text) else {
                throw Defect(reason: "a hash of its path is not 64 hexadecimal digits")
            }
            path.append(hash)
        }
        guard let bytes = Hexadecimal.bytes(of: members.record),
            let record = LogRecord(decoding: bytes, sequence: members.sequence)
        else { throw Defect(reason: "its record is not the bytes of one record, in hexadecimal digits") }
        log = members.log
        proof = InclusionProof(sequence: members.sequence, treeSize: members.treeSize, path: path)
        (self.root, self.bytes, self.record) = (root, bytes, record)
    }
}
