import Testing

@testable import SayiirPostgres

/// Where a server is, without what must not be seen.
@Suite struct ServerAddressTests {
    @Test("a name says user, host, port and database, whatever form the URL has")
    func names() throws {
        let names = [
            ("postgresql://me@db.example.org:5432/jobs", "me@db.example.org:5432/jobs"),
            ("postgres://me:secret@db.example.org/jobs?sslmode=require", "me@db.example.org/jobs"),
            ("postgresql://me@/jobs?host=/tmp/socket", "me@/tmp/socket/jobs"),
            ("postgresql://me@%2Ftmp%2Fsocket/jobs", "me@/tmp/socket/jobs"),
            ("postgresql://me@a:1,b:2/jobs", "me@a,b:1,2/jobs"),
            ("postgresql://[::1]:5432/jobs", "::1:5432/jobs"),
            ("host=db.example.org user=me password='se cret' dbname=jobs", "me@db.example.org/jobs"),
            ("postgresql://me@db.example.org", "me@db.example.org/me"),
            ("postgresql://", "local/"),
        ]
        for (url, name) in names { #expect(try ServerAddress(url: url).name == name) }
    }

    @Test(
        "a password is in no name and no text, wherever it stands in the URL",
        arguments: [
            "postgresql://me:hunter2@db/jobs", "postgresql://me@db/jobs?password=hunter2",
            "postgresql://me:h%75nter2@db/jobs", "host=db user=me password=hunter2 dbname=jobs",
            "postgresql://me@db/jobs?sslkey=key&sslpassword=hunter2", "postgresql://me:hunter2@db:5432/jobs",
        ])
    func passwords(url: String) throws {
        let address = try ServerAddress(url: url)
        #expect(!address.name.contains("hunter2"))
        #expect(address.redact("no 'hunter2' is right, hunter2 is not") == "no '…' is right, … is not")
    }

    @Test(
        "a password with characters that end it early is in no name and no error",
        arguments: [
            "postgresql://me:hunter2/rest@db/jobs", "postgresql://me:hunter2@rest@db/jobs",
            "postgresql://me:12/hunter2@db/jobs", "postgresql://me:12/hunter2@db:5432/jobs",
            "postgresql://me:a@hunter2:12@db/jobs", "postgresql://me:x@hunter2@db:5432/jobs",
            "postgresql://me:hunter2%@db/jobs", "postgresql://me:hunter2%zz@db/jobs",
            "postgresql://me:[hunter2@db/jobs",
            "postgresql://me@db/jobs?pasword=hunter2", "host=db password=a hunter2", "password='hunter2",
            "postgresql://me:hunter2?x/y@db/jobs", "postgresql://me:12?hunter2/y@db/jobs", "hunter2",
            "postgresql://me@db/jobs?hunter2", "host=db hunter2 = 1", "postgresql://me:hunter2/@[db/jobs",
        ])
    func brokenURLs(url: String) {
        do throws(PostgresError) {
            let address = try ServerAddress(url: url)
            // It can be read, though not as it was meant.
            #expect(!address.name.contains("hunter2"), "\(address.name)")
        } catch {
            #expect(error.kind == .invalidURL)
            #expect(!"\(error)".contains("hunter2"), "\(error)")
        }
    }

    @Test("URLs that make no sense are refused with a word about how one looks")
    func nonsense() {
        for url in ["nonsense", "http://db/jobs", "postgresql://me@db/jobs?host", "host", "a\0b"] {
            let error = #expect(throws: PostgresError.self) { try ServerAddress(url: url) }
            #expect(error?.kind == .invalidURL)
            #expect(error?.description.contains("It looks like postgresql://user@host:5432/database") == true)
        }
    }
}
