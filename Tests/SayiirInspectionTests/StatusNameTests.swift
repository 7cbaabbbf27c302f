import SayiirEvents
import SayiirProjection
import Testing

@testable import SayiirInspection

@Suite struct StatusNameTests {
    @Test("every status of an instance has a name here")
    func names() {
        let request = ControlRequest(time: Timestamp(nanosecondsSinceEpoch: 0))
        let statuses: [InstanceStatus] = [
            .unsubmitted, .inProgress, .waiting(step: Step("a"), until: request.time),
            .awaitingSignal(step: Step("a"), signal: "s", deadline: nil), .inDoubt(step: Step("a")),
            .stuck(step: Step("a"), value: UndecodableValue(codec: "json", expected: "Int", reason: "")),
            .paused(request),
            .completed, .failed(Failure(type: "", message: "")), .cancelled(request), .superseded, .deleted,
        ]
        #expect(statuses.map(\.statusName.rawValue) == statuses.map(\.name))
        #expect(Set(statuses.map(\.statusName)) == Set(StatusName.allCases))
    }
}
