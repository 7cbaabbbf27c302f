import SayiirEvents
import Testing

/// An event, and the same in Protocol Buffers' text format, written by hand from the published schema.
struct Sample: Sendable, CustomTestStringConvertible {
    let event: Event
    let text: String

    init(_ body: Event.Body, _ text: String) {
        event = Event(instance: "order-42", revision: 7, time: Sample.time, body: body)
        self.text = "revision: 7 " + text
    }

    init(event: Event, _ text: String) {
        self.event = event
        self.text = text
    }

    var testDescription: String { "\(event.body.kindName): \(text.prefix(60))" }

    static let time = Timestamp(nanosecondsSinceEpoch: 1_772_368_496_789_000_000)
}

extension Sample {
    private static let step = Step("charge")
    private static let element = Step("resize", indices: [3, 0, .max])
    private static let elementText = #"step { node: "resize" indices: 3 indices: 0 indices: 4294967295 }"#
    private static let json = Payload(codec: "json", bytes: Array(#"{"total":19.90}"#.utf8))
    private static let jsonText = #"{ codec: "json" content: "{\"total\":19.90}" }"#
    private static let hash = DefinitionHash(bytes: [0x00, 0x7F, 0x80, 0xFF])
    private static let hashText = #""\000\177\200\377""#

    /// At least one of every kind, and of every optional field both ways.
    static let all: [Sample] = lifecycle + tasks + branching + waiting + control + extremes

    private static let trace = TraceContext(
        recorded: [TraceContext.Field(name: "traceparent", value: "00-1"), TraceContext.Field(name: "x", value: "")])
    private static let traceText =
        #"trace_context { fields { name: "traceparent" value: "00-1" } fields { name: "x" } }"#

    private static let lifecycle = [
        Sample(
            .submitted(.init(workflow: "order", definition: hash, input: json, priority: 3)),
            #"submitted { workflow: "order" definition: \#(hashText) input \#(jsonText) priority: 3 }"#),
        Sample(
            .submitted(
                .init(
                    workflow: "order", definition: hash, input: json, metadata: Payload(codec: "", bytes: []),
                    priority: 1, tags: ["gpu", ""])),
            """
            submitted { workflow: "order" definition: \(hashText) input \(jsonText) metadata { } priority: 1 \
            tags: "gpu" tags: "" }
            """),
        Sample(
            .submitted(
                .init(
                    workflow: "order", definition: hash, input: json, priority: 3, traceContext: trace,
                    deadline: Timestamp(nanosecondsSinceEpoch: 0))),
            """
            submitted { workflow: "order" definition: \(hashText) input \(jsonText) priority: 3 \(traceText) \
            deadline_unix_ns: 0 }
            """),
        Sample(
            .submitted(
                .init(
                    workflow: "order", definition: hash, input: json, priority: 3,
                    traceContext: TraceContext(recorded: []))),
            #"submitted { workflow: "order" definition: \#(hashText) input \#(jsonText) priority: 3 trace_context { } }"#
        ),
        Sample(.completed(.init()), "completed { }"),
        Sample(.completed(.init(result: element)), "completed { result \(elementText.dropFirst(5)) }"),
        Sample(
            .failed(.init(failure: Failure(type: "", message: "gone"))),
            #"failed { failure { message: "gone" } }"#),
        Sample(
            .failed(.init(step: step, failure: Failure(type: "Declined", message: "no funds"))),
            #"failed { step { node: "charge" } failure { type: "Declined" message: "no funds" } }"#),
        Sample(.superseded(.init()), "superseded { }"),
        Sample(.reopened(.init(step: step)), #"reopened { step { node: "charge" } }"#),
        Sample(.deleted(.init()), "deleted { }"),
        Sample(
            .leaseAcquired(.init(executor: "host-1", epoch: .max)),
            #"lease_acquired { executor: "host-1" epoch: 18446744073709551615 }"#),
        Sample(
            .leaseLost(.init(executor: "host-1", epoch: 300)),
            #"lease_lost { executor: "host-1" epoch: 300 }"#),
        Sample(
            .definitionChanged(.init(from: hash, to: DefinitionHash(bytes: []))),
            "definition_changed { from: \(hashText) }"),
        Sample(
            .derived(.init(source: "order-41", sourceRevision: 12)),
            #"derived { source: "order-41" source_revision: 12 }"#),
        Sample(
            .derived(.init(source: "order-41", sourceRevision: 12, change: json)),
            #"derived { source: "order-41" source_revision: 12 change \#(jsonText) }"#),
        Sample(
            .imported(.init(source: "old store", head: [1, 2, 3])),
            #"imported { source: "old store" head: "\001\002\003" }"#),
        Sample(.annotated(.init(text: "grüße")), #"annotated { text: "gr\303\274\303\237e" }"#),
    ]

    private static let tasks = [
        Sample(
            .taskStarted(.init(step: element, attempt: 1, executor: "host-1/77")),
            #"task_started { \#(elementText) attempt: 1 executor: "host-1/77" }"#),
        Sample(
            .taskCheckpointed(.init(step: step, attempt: 2, output: json)),
            #"task_checkpointed { step { node: "charge" } attempt: 2 output \#(jsonText) }"#),
        Sample(
            .taskCheckpointed(
                .init(step: step, attempt: 2, output: Payload(codec: "raw", bytes: [0], isSensitive: true))),
            """
            task_checkpointed { step { node: "charge" } attempt: 2 \
            output { codec: "raw" content: "\\000" sensitive: true } }
            """),
        Sample(
            .taskFailed(.init(step: step, attempt: .max, failure: Failure(type: "T", message: "a\nb"))),
            #"task_failed { step { node: "charge" } attempt: 4294967295 failure { type: "T" message: "a\nb" } }"#
        ),
        Sample(
            .taskFailed(
                .init(step: step, attempt: 1, failure: Failure(type: "T", message: "a"), fullMessage: "abc")),
            """
            task_failed { step { node: "charge" } attempt: 1 failure { type: "T" message: "a" } \
            full_message: "abc" }
            """
        ),
        Sample(
            .taskTimedOut(.init(step: step, attempt: 1, limit: .milliseconds(30_500))),
            #"task_timed_out { step { node: "charge" } attempt: 1 limit_ns: 30500000000 }"#),
        Sample(
            .taskTimedOut(.init(step: step, attempt: 1, limit: .nanoseconds(1), isStalled: true)),
            #"task_timed_out { step { node: "charge" } attempt: 1 limit_ns: 1 stalled: true }"#),
        Sample(
            .taskTimedOut(.init(step: step, attempt: 1, limit: .nanoseconds(Int64.min))),
            #"task_timed_out { step { node: "charge" } attempt: 1 limit_ns: -9223372036854775808 }"#),
        Sample(
            .retryScheduled(.init(step: step, nextAttempt: 2, wakeAt: time)),
            """
            retry_scheduled { step { node: "charge" } next_attempt: 2 wake_at_unix_ns: 1772368496789000000 }
            """),
        Sample(
            .taskInDoubt(.init(step: step, attempt: 1)),
            #"task_in_doubt { step { node: "charge" } attempt: 1 }"#),
        Sample(
            .doubtResolved(.init(step: step, attempt: 1, resolution: .rerun)),
            #"doubt_resolved { step { node: "charge" } attempt: 1 rerun: true }"#),
        Sample(
            .doubtResolved(.init(step: step, attempt: 1, resolution: .completed(output: json))),
            #"doubt_resolved { step { node: "charge" } attempt: 1 completed \#(jsonText) }"#),
        Sample(
            .doubtResolved(
                .init(step: step, attempt: 1, resolution: .failed(Failure(type: "", message: "")))),
            #"doubt_resolved { step { node: "charge" } attempt: 1 failed { } }"#),
        Sample(
            .doubtResolved(.init(step: step, attempt: 1, resolution: .unknown)),
            #"doubt_resolved { step { node: "charge" } attempt: 1 }"#),
        Sample(
            .taskInterrupted(.init(step: step, attempt: 3)),
            #"task_interrupted { step { node: "charge" } attempt: 3 }"#),
        Sample(
            .stepStuck(.init(step: step, attempt: 2, value: undecodable)),
            #"step_stuck { step { node: "charge" } attempt: 2 value \#(undecodableText) }"#),
        Sample(
            .stepStuck(.init(step: step, value: undecodable)),
            #"step_stuck { step { node: "charge" } value \#(undecodableText) }"#),
    ]

    private static let branching = [
        Sample(
            .forked(.init(step: step, branches: ["left", "right"])),
            #"forked { step { node: "charge" } branches: "left" branches: "right" }"#),
        Sample(
            .branchFinished(.init(step: step, branch: "left")),
            #"branch_finished { step { node: "charge" } branch: "left" }"#),
        Sample(.joined(.init(step: step)), #"joined { step { node: "charge" } }"#),
        Sample(
            .mapStarted(.init(step: step, count: 0)), #"map_started { step { node: "charge" } }"#),
        Sample(
            .mapElementFinished(.init(step: step, index: 129)),
            #"map_element_finished { step { node: "charge" } index: 129 }"#),
        Sample(.mapFinished(.init(step: step)), #"map_finished { step { node: "charge" } }"#),
        Sample(
            .routed(.init(step: step, key: "express", isDefault: false)),
            #"routed { step { node: "charge" } key: "express" }"#),
        Sample(
            .routed(.init(step: step, key: "", isDefault: true)),
            #"routed { step { node: "charge" } is_default: true }"#),
        Sample(
            .loopIterated(.init(step: step, iteration: 4, decision: .again)),
            #"loop_iterated { step { node: "charge" } iteration: 4 decision: LOOP_DECISION_AGAIN }"#),
        Sample(
            .loopIterated(.init(step: step, iteration: 4, decision: .done)),
            #"loop_iterated { step { node: "charge" } iteration: 4 decision: LOOP_DECISION_DONE }"#),
        Sample(
            .loopIterated(.init(step: step, iteration: 4, decision: .unknown(0))),
            #"loop_iterated { step { node: "charge" } iteration: 4 }"#),
        Sample(
            .loopIterated(.init(step: step, iteration: 4, decision: .unknown(9))),
            #"loop_iterated { step { node: "charge" } iteration: 4 decision: 9 }"#),
        Sample(
            .loopIterated(.init(step: step, iteration: 4, decision: .unknown(.max))),
            #"loop_iterated { step { node: "charge" } iteration: 4 decision: -1 }"#),
        Sample(
            .loopFinished(.init(step: step, iterations: 5, reachedLimit: true)),
            #"loop_finished { step { node: "charge" } iterations: 5 reached_limit: true }"#),
        Sample(
            .childStarted(.init(step: step, workflow: "refund")),
            #"child_started { step { node: "charge" } workflow: "refund" }"#),
        Sample(.childFinished(.init(step: step)), #"child_finished { step { node: "charge" } }"#),
    ]

    private static let waiting = [
        Sample(
            .delayStarted(.init(step: step, wakeAt: Timestamp(nanosecondsSinceEpoch: .min))),
            #"delay_started { step { node: "charge" } wake_at_unix_ns: -9223372036854775808 }"#),
        Sample(.delayElapsed(.init(step: step)), #"delay_elapsed { step { node: "charge" } }"#),
        Sample(
            .signalAwaited(.init(step: step, signal: "paid")),
            #"signal_awaited { step { node: "charge" } signal: "paid" }"#),
        Sample(
            .signalAwaited(.init(step: step, signal: "paid", deadline: Timestamp(nanosecondsSinceEpoch: 0))),
            #"signal_awaited { step { node: "charge" } signal: "paid" deadline_unix_ns: 0 }"#),
        Sample(
            .signalReceived(.init(signal: "paid", payload: json)),
            #"signal_received { signal: "paid" payload \#(jsonText) }"#),
        Sample(
            .signalReceived(.init(signal: "paid", payload: json, deduplicationID: "")),
            #"signal_received { signal: "paid" payload \#(jsonText) deduplication_id: "" }"#),
        Sample(
            .signalReceived(.init(signal: "paid", payload: json, traceContext: trace)),
            #"signal_received { signal: "paid" payload \#(jsonText) \#(traceText) }"#),
        Sample(
            .signalConsumed(.init(step: step, signal: "paid", receivedRevision: 6)),
            #"signal_consumed { step { node: "charge" } signal: "paid" received_revision: 6 }"#),
        Sample(
            .signalTimedOut(.init(step: step, signal: "paid")),
            #"signal_timed_out { step { node: "charge" } signal: "paid" }"#),
        Sample(
            .signalTimedOut(.init(step: step, signal: "paid", fallback: json)),
            #"signal_timed_out { step { node: "charge" } signal: "paid" fallback \#(jsonText) }"#),
        Sample(
            .signalRejected(.init(step: step, signal: "paid", receivedRevision: 7, value: undecodable)),
            #"signal_rejected { step { node: "charge" } signal: "paid" received_revision: 7 value \#(undecodableText) }"#
        ),
    ]

    private static let undecodable = UndecodableValue(
        codec: "json", expected: "Order", path: "items.[3]", reason: "price is missing")
    private static let undecodableText =
        #"{ codec: "json" expected: "Order" path: "items.[3]" reason: "price is missing" }"#

    private static let control = [
        Sample(.pauseRequested(.init()), "pause_requested { }"),
        Sample(.paused(.init()), "paused { }"),
        Sample(.unpaused(.init()), "unpaused { }"),
        Sample(.cancelRequested(.init()), "cancel_requested { }"),
        Sample(.cancelled(.init()), "cancelled { }"),
        Sample(.cancelled(.init(interrupted: step)), #"cancelled { interrupted { node: "charge" } }"#),
    ]

    private static let extremes = [
        Sample(
            event: Event(
                instance: "", revision: .max, time: Timestamp(nanosecondsSinceEpoch: .max), actor: "",
                reason: "", body: .annotated(.init(text: ""))),
            #"revision: 18446744073709551615 actor: "" reason: "" annotated { }"#),
        Sample(
            event: Event(
                instance: "日本", revision: 0, time: Timestamp(nanosecondsSinceEpoch: .min), actor: "Ж",
                reason: "asked by phone", body: .cancelRequested(.init())),
            #"actor: "\320\226" reason: "asked by phone" cancel_requested { }"#),
        Sample(
            .taskCheckpointed(
                .init(
                    step: Step(""), attempt: 0,
                    output: Payload(codec: "raw", bytes: Array(repeating: UInt8(ascii: "x"), count: 20_000)))),
            """
            task_checkpointed { step { } output { codec: "raw" content: "\(String(repeating: "x", count: 20_000))" } }
            """),
    ]
}
