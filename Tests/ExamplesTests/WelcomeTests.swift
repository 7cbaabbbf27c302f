import TestPrograms
import Testing

@Suite struct WelcomeTests {
    @Test("the first example sends its welcome, and a second start tells the same without sending it again")
    func welcome() throws {
        let welcome = try Example("welcome")
        for _ in 0..<2 { #expect(try welcome.run() == .success("Sent welcome to Alice\n")) }
    }
}
