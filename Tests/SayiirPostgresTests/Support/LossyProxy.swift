import Foundation
import SayiirLog
import SayiirTesting
import TestSupport

/// Stands between a program and the server, and loses replies: what was asked for is done, but who asked does not get to know, and
/// finds the connection broken.
///
/// It knows as much of the protocol as it takes to tell one statement from the next.
final class LossyProxy: Sendable {
    /// Where it listens: a host for libpq.
    let directory: String
    private let serverPath: String
    private let listener: Int32
    private let state: Atomically<State>

    private struct State {
        var random: SplitMix64
        var chance = 0.0
        /// How many replies were lost, by the name of the statement.
        var lost: [String: Int] = [:]
        var isClosed = false
    }

    /// Listens on a socket of its own, and connects to the server's.
    init(serverPath: String, seed: UInt64) throws {
        directory = FileManager.default.temporaryDirectory.path + "/proxy-" + UUID().uuidString.prefix(8)
        self.serverPath = serverPath
        state = Atomically(State(random: SplitMix64(seed: seed)))
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        listener = socket(AF_UNIX, streamSocket, 0)
        let result = Self.withAddress("\(directory)/.s.PGSQL.5432") { bind(listener, $0, $1) }
        guard listener >= 0, result == 0, listen(listener, 64) == 0 else {
            throw TestError("no socket in \(directory): errno \(errno)")
        }
        try startThread { [self] in acceptAll() }
    }

    /// How many replies were lost, by the name of the statement.
    var lost: [String: Int] { state.value.lost }

    /// Loses replies from now on, each with the given chance.
    func lose(chance: Double) { state.change { $0.chance = chance } }

    func stop() {
        state.change { $0.isClosed = true }
        shutdown(listener, Int32(SHUT_RDWR))
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func acceptAll() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0, !state.value.isClosed else { break }
            let server = socket(AF_UNIX, streamSocket, 0)
            guard Self.withAddress(serverPath, { connect(server, $0, $1) }) == 0,
                (try? startThread { [self] in forward(client, server) }) != nil
            else {
                _ = (close(client), close(server))
                continue
            }
        }
        _ = close(listener)
    }

    private func forward(_ client: Int32, _ server: Int32) {
        defer { _ = (close(client), close(server)) }
        var messages = MessageReader()
        var isDoomed = false
        var tail: [UInt8] = []
        while true {
            var descriptors = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&descriptors, 2, -1) > 0 else { return }
            if descriptors[0].revents != 0 {
                guard let bytes = Self.receive(client) else { return }
                for name in messages.statements(in: bytes) where !isDoomed { isDoomed = decide(name) }
                guard Self.sendAll(bytes, to: server) else { return }
            }
            if descriptors[1].revents != 0 {
                guard let bytes = Self.receive(server) else { return }
                guard isDoomed else {
                    guard Self.sendAll(bytes, to: client) else { return }
                    continue
                }
                // The server is ready for the next query: it has committed.
                tail = (tail + bytes).suffix(6)
                if tail.count == 6, tail.starts(with: [UInt8(ascii: "Z"), 0, 0, 0, 5]) { return }
            }
        }
    }

    private func decide(_ statement: String) -> Bool {
        state.change { state in
            guard Double.random(in: 0..<1, using: &state.random) < state.chance else { return false }
            state.lost[statement, default: 0] += 1
            return true
        }
    }

    private static func receive(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    private static func sendAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}

/// Finds the prepared statements that are executed in what a client sends.
private struct MessageReader {
    private var bytes: [UInt8] = []
    private var hasStarted = false

    mutating func statements(in new: [UInt8]) -> [String] {
        bytes += new
        var names: [String] = []
        var place = 0
        while true {
            // The first message has no type.
            let header = hasStarted ? 5 : 4
            guard bytes.count >= place + header else { break }
            let length = bytes[(place + header - 4)..<(place + header)].reduce(0) { $0 << 8 | Int($1) }
            let end = place + header - 4 + length
            guard bytes.count >= end else { break }
            if hasStarted, bytes[place] == UInt8(ascii: "B") {
                // The portal's name, then the statement's.
                let strings = bytes[(place + header)..<end].split(
                    separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
                if strings.count > 1 { names.append(String(decoding: strings[1], as: UTF8.self)) }
            }
            hasStarted = true
            place = end
        }
        bytes.removeFirst(place)
        return names
    }
}

#if os(Linux)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
    private let noSignal = Int32(MSG_NOSIGNAL)
#else
    private let streamSocket = SOCK_STREAM
    private let noSignal: Int32 = 0
#endif
