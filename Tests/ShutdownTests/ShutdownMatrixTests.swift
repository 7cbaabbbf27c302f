import ShutdownWork
import Testing

@Suite("The shutdown matrix")
struct ShutdownMatrixTests {
    @Test(
        "A stopped engine ends within its limit, fails nothing by that, and the next start completes its instance",
        arguments: MatrixCase.all)
    func cell(_ item: MatrixCase) async throws {
        let observation = try await Matrix.observation(of: item)
        #expect(observation.problems(in: item.cell).isEmpty, "\(item.testDescription): \(observation)")
    }
}
