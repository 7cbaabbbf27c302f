import Foundation
import Sayiir
import Testing

@Suite struct EngineOptionsTests {
    @Test("WRK-14: an executor is called after its host and process, unless it has a name of its own")
    func executor() {
        var options = EngineOptions()
        #expect(options.executor.hasSuffix("-\(ProcessInfo.processInfo.processIdentifier)"))
        #expect(options.executor.first != "-")
        options.executor = "mine"
        #expect(options.executor == "mine")
    }
}
