import SayiirEvents

extension History {
    /// A day in the life of a shop: one instance for each way in which things can go.
    static let sample: History = {
        var history = History()
        history.addOrder42()
        history.addOrder43()
        history.addOrder44()
        history.addReport()
        history.addOnboarding()
        history.addWaiting()
        return history
    }()

    /// Completes, after a failure, a retry, and an attempt that a crash interrupted.
    private mutating func addOrder42() {
        let (reserve, charge, ship) = (Step("reserve_stock"), Step("charge_card"), Step("ship_parcel"))
        add(
            "order-42", 0, .submit("order", #"{"order":42,"items":[{"sku":"tea","count":3}]}"#, tags: ["eu"]),
            by: "alice")
        add("order-42", 0.4, .start(reserve))
        add("order-42", 12.6, .checkpoint(reserve, #"{"reserved":3}"#))
        add("order-42", 12.6, .start(charge))
        add("order-42", 232, .taskFail(charge, "PaymentDeclined", "the bank did not answer in time"))
        add("order-42", 232, .retry(charge, 2, at: 1232))
        add("order-42", 1233, .start(charge, 2))
        add("order-42", 2450, .start(charge, 3, on: "worker-2"))
        add("order-42", 2810, .checkpoint(charge, #"{"receipt":"R-42","amount":"12.50 EUR"}"#, 3))
        add("order-42", 2810, .start(ship, on: "worker-2"))
        add("order-42", 3410, .checkpoint(ship, #"{"parcel":"JD0002","carrier":"post"}"#))
        add("order-42", 3410, .complete(ship))
    }

    /// Fails for good.
    private mutating func addOrder43() {
        let charge = Step("charge_card")
        add("order-43", 20, .submit("order", #"{"order":43}"#))
        add("order-43", 20.3, .start(charge))
        add("order-43", 80, .taskTimedOut(Event.TaskTimedOut(step: charge, attempt: 1, limit: .milliseconds(50))))
        add("order-43", 80, .retry(charge, 2, at: 180))
        add("order-43", 181, .start(charge, 2))
        add("order-43", 260, .taskFail(charge, "PaymentDeclined", "card expired\u{1B}[31m", 2))
        add("order-43", 260, .fail(charge, "PaymentDeclined", "card expired\u{1B}[31m"))
    }

    /// Is paused, goes on, and is cancelled.
    private mutating func addOrder44() {
        let (reserve, charge) = (Step("reserve_stock"), Step("charge_card"))
        add("order-44", 40, .submit("order", #"{"order":44}"#))
        add("order-44", 40.2, .start(reserve))
        add("order-44", 55, .pauseRequested(Event.PauseRequested()), by: "ops", because: "stock count")
        add("order-44", 61, .checkpoint(reserve, #"{"reserved":1}"#))
        add("order-44", 61, .paused(Event.Paused()), by: "ops", because: "stock count")
        add("order-44", 65_000, .unpaused(Event.Unpaused()), by: "ops")
        add("order-44", 65_000.1, .start(charge))
        add(
            "order-44", 65_100, .cancelRequested(Event.CancelRequested()), by: "bob",
            because: "customer changed her mind")
        add("order-44", 65_420, .checkpoint(charge, #"{"receipt":"R-44"}"#))
        add(
            "order-44", 65_420, .cancelled(Event.Cancelled(interrupted: Step("ship_parcel"))), by: "bob",
            because: "customer changed her mind")
    }

    /// Fans out over a map, within a fork.
    private mutating func addReport() {
        let (fork, map) = (Step("gather"), Step("regions"))
        add("report-7", 100, .submit("report", #"{"month":"2026-02"}"#))
        add("report-7", 100.5, .forked(Event.Forked(step: fork, branches: ["sales", "costs"])))
        add("report-7", 101, .mapStarted(Event.MapStarted(step: map, count: 2)))
        for index in 0..<2 as Range<UInt32> {
            let step = Step("sum_region", indices: [index])
            add("report-7", 102 + Double(index) * 5, .start(step))
            add("report-7", 160 + Double(index) * 60, .checkpoint(step, "\(1200 + index)"))
            add(
                "report-7", 160 + Double(index) * 60,
                .mapElementFinished(Event.MapElementFinished(step: map, index: index)))
        }
        add("report-7", 221, .mapFinished(Event.MapFinished(step: map)))
        add("report-7", 221, .branchFinished(Event.BranchFinished(step: fork, branch: "sales")))
        add("report-7", 222, .start(Step("load_costs")))
    }

    /// Waits for a signal, and has a secret.
    private mutating func addOnboarding() {
        add("user-9", 300, .submit("onboarding", #"{"user":9}"#))
        add("user-9", 300.1, .start(Step("make_token")))
        add(
            "user-9", 310,
            .taskCheckpointed(
                Event.TaskCheckpointed(
                    step: Step("make_token"), attempt: 1, output: .json(#""s3cret""#, sensitive: true))))
        add(
            "user-9", 311,
            .signalAwaited(
                Event.SignalAwaited(step: Step("confirm_mail"), signal: "mail_confirmed", deadline: Self.at(86_400_000))
            ))
        add("user-9", 900, .signal("news_wanted", .json("true")))
    }

    /// Has parked itself.
    private mutating func addWaiting() {
        add("reminder-1", 400, .submit("reminder", "1"))
        add("reminder-1", 400.2, .delayStarted(Event.DelayStarted(step: Step("a_week"), wakeAt: Self.at(604_800_000))))
    }
}
