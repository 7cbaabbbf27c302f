import Sayiir

struct User: Codable, Sendable {
    var id: Int
    var name: String
}

let fetchUser = DurableTask("fetch_user", timeout: .seconds(30), retries: 3) { (id: Int) in
    User(id: id, name: "Alice")
}
let sendEmail = DurableTask("send_email") { (user: User) in
    "Sent welcome to \(user.name)"
}

let welcome = try Flow("welcome", input: Int.self)
    .then(fetchUser)
    .then(sendEmail)
    .build()

let engine = try await Engine(directory: "jobs.sayiir")
let status = try await engine.run(welcome, id: "user-42", input: 42, onConflict: .resume)
print(status.output ?? "not completed")
