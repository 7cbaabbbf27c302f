import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Stands between a server and its clients, and does what networks do: cuts connections, holds them up, loses them without a word.
///
// @unchecked: `state` is touched between `lock` and `unlock` only.
final class TCPProxy: @unchecked Sendable {
    /// Where clients find it on 127.0.0.1.
    let port: Int
    private let target: Int
    private let listener: Int32
    private let lock = NSCondition()
    private var state = State()

    private struct State {
        var connections: [Int: (client: Int32, server: Int32)] = [:]
        var lastNumber = 0
        var isFrozen = false
        /// Connections up to this one carry nothing any more, and are not closed.
        var lastLost = 0
        var isClosed = false
    }

    /// Listens on a free port for connections to another one.
    init(to port: Int) throws {
        target = port
        listener = Self.newSocket()
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw TestFailure("no port for a proxy: \(errno)") }
        self.port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let self else { return Self.close([client]) }
                self.serve(client)
            }
        }
    }

    deinit { close() }

    /// Closes everything.
    func close() {
        let isFirst = lock.withLock {
            defer { state.isClosed = true }
            lock.broadcast()
            return !state.isClosed
        }
        guard isFirst else { return }
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
        Self.close([listener])
    }

    /// Closes all connections, and returns how many there were.
    @discardableResult
    func cut() -> Int {
        lock.withLock {
            // Who reads from them closes them.
            for (client, server) in state.connections.values {
                shutdown(client, Int32(SHUT_RDWR))
                shutdown(server, Int32(SHUT_RDWR))
            }
            return state.connections.count
        }
    }

    /// Holds everything up, or lets it go on.
    func freeze(_ isFrozen: Bool) {
        lock.withLock {
            state.isFrozen = isFrozen
            lock.broadcast()
        }
    }

    /// Lets nothing pass on the connections that there are, without a word to either side. New ones work.
    func loseAll() { lock.withLock { state.lastLost = state.lastNumber } }

    private func serve(_ client: Int32) {
        let server = Self.newSocket()
        var address = Self.address(target)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return Self.close([client, server]) }
        let number = lock.withLock {
            state.lastNumber += 1
            state.connections[state.lastNumber] = (client, server)
            return state.lastNumber
        }
        let pair = Pair()
        for (source, destination) in [(client, server), (server, client)] {
            Thread.detachNewThread { [weak self] in
                var buffer = [UInt8](repeating: 0, count: 65_536)
                while case let count = recv(source, &buffer, buffer.count, 0), count > 0 {
                    guard self?.mayPass(number) ?? false else { continue }
                    guard Self.sendAll(buffer[..<count], to: destination) else { break }
                }
                // The other direction sees its end.
                shutdown(source, Int32(SHUT_RDWR))
                shutdown(destination, Int32(SHUT_RDWR))
                if pair.end() {
                    self?.lock.withLock { _ = self?.state.connections.removeValue(forKey: number) }
                    Self.close([source, destination])
                }
            }
        }
    }

    /// Waits while everything is held up; false if the connection is lost.
    private func mayPass(_ number: Int) -> Bool {
        lock.withLock {
            while state.isFrozen, !state.isClosed { lock.wait() }
            return number > state.lastLost
        }
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    #if canImport(Darwin)
        private static let noSignal: Int32 = 0
    #else
        private static let noSignal = Int32(MSG_NOSIGNAL)
    #endif

    private static func newSocket() -> Int32 {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        // What this process starts must not keep a connection open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        #if canImport(Darwin)
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
        return descriptor
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func close(_ descriptors: [Int32]) { for descriptor in descriptors { _ = systemClose(descriptor) } }

    /// Both directions of a connection: who ends last closes it.
    private final class Pair: @unchecked Sendable {
        // @unchecked: `count` is touched between `lock` and `unlock` only.
        private let lock = NSLock()
        private var count = 2

        func end() -> Bool {
            lock.withLock {
                count -= 1
                return count == 0
            }
        }
    }
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
