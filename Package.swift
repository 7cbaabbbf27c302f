// swift-tools-version: 6.2

import PackageDescription

// SwiftPM drops the warning settings when another package depends on this one.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
]

let package = Package(
    name: "sayiir",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Sayiir", targets: ["Sayiir"]),
        .library(name: "SayiirEvents", targets: ["SayiirEvents"]),
        .library(name: "SayiirLog", targets: ["SayiirLog"]),
        .library(name: "SayiirProjection", targets: ["SayiirProjection"]),
        .library(name: "SayiirCatalogue", targets: ["SayiirCatalogue"]),
        .library(name: "SayiirPostgres", targets: ["SayiirPostgres"]),
        .library(name: "SayiirTesting", targets: ["SayiirTesting"]),
        .executable(name: "sayiir-inspect", targets: ["sayiir-inspect"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLZ4",
            pkgConfig: "liblz4",
            providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]
        ),
        .systemLibrary(
            name: "CPostgres",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]
        ),
        .target(name: "CSayiir", cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "SayiirText", swiftSettings: settings),
        .target(name: "SayiirEvents", dependencies: ["SayiirText"], swiftSettings: settings),
        .target(
            name: "SayiirLog",
            dependencies: ["CLZ4", "CSayiir", "SayiirText", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings
        ),
        .target(name: "SayiirProjection", dependencies: ["SayiirEvents"], swiftSettings: settings),
        .target(
            name: "Sayiir",
            dependencies: [
                "SayiirEvents", "SayiirLog", "SayiirProjection",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SayiirTesting",
            dependencies: ["Sayiir", "SayiirEvents", "SayiirLog", "SayiirProjection"],
            swiftSettings: settings
        ),
        .target(
            name: "SayiirCatalogue",
            dependencies: [
                "SayiirEvents", "SayiirLog", "SayiirProjection",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SayiirPostgres",
            dependencies: [
                "CPostgres", "Sayiir", "SayiirEvents", "SayiirLog", "SayiirProjection",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "SayiirInspection",
            dependencies: [
                "SayiirCatalogue", "SayiirEvents", "SayiirLog", "SayiirPostgres", "SayiirProjection",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "sayiir-inspect",
            dependencies: [
                "SayiirInspection", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "welcome", dependencies: ["Sayiir"], path: "Examples/Welcome", swiftSettings: settings),
        // The same program, whose tasks leave lines and can be held up for a test.
        .executableTarget(
            name: "interrupted-welcome", dependencies: ["Sayiir"], path: "Tests/InterruptedWelcome",
            swiftSettings: settings),
        .executableTarget(
            name: "orders", dependencies: ["Sayiir"], path: "Examples/Orders", exclude: ["orders.ndjson"],
            swiftSettings: settings),
        .executableTarget(name: "tour", dependencies: ["Sayiir"], path: "Examples/Tour", swiftSettings: settings),
        .executableTarget(
            name: "approval", dependencies: ["Sayiir"], path: "Examples/Approval", swiftSettings: settings),
        .executableTarget(
            name: "fleet",
            dependencies: [
                "Sayiir", "SayiirPostgres", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], path: "Examples/Fleet", swiftSettings: settings),
        .testTarget(
            name: "ExamplesTests",
            dependencies: [
                "PostgresCluster", "TestPrograms", "welcome", "interrupted-welcome", "tour", "approval", "fleet",
            ],
            swiftSettings: settings),
        // FuzzTests and SayiirLogTests share what they run with the packages in Fuzzing and Torture, through links.
        .testTarget(
            name: "FuzzTests", dependencies: ["SayiirEvents", "SayiirLog", "SayiirProjection", "SayiirTesting"],
            swiftSettings: settings),
        .testTarget(name: "SayiirEventsTests", dependencies: ["SayiirEvents", "SayiirText"], swiftSettings: settings),
        .testTarget(
            name: "SayiirLogTests", dependencies: ["SayiirLog", "SayiirTesting"],
            exclude: ["Golden/v1", "Golden/v1-packed"], swiftSettings: settings),
        .testTarget(
            name: "SayiirProjectionTests", dependencies: ["SayiirProjection", "SayiirEvents"],
            swiftSettings: settings),
        // What the tests of the engine and those of its backends share.
        .target(
            name: "TestSupport", dependencies: ["Sayiir", .product(name: "Logging", package: "swift-log")],
            path: "Tests/TestSupport", swiftSettings: settings),
        .target(
            name: "CrashEquivalence", dependencies: ["Sayiir", "SayiirTesting", "TestSupport"],
            path: "Tests/CrashEquivalence", swiftSettings: settings),
        .testTarget(
            name: "SayiirTests",
            dependencies: [
                "Sayiir", "SayiirTesting", "CrashEquivalence", "TestPrograms", "TestSupport",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ], exclude: ["CompileTime/WrongFlows.txt"], swiftSettings: settings),
        .testTarget(
            name: "SayiirTestingTests", dependencies: ["SayiirTesting", "Sayiir", "SayiirLog", "SayiirProjection"],
            swiftSettings: settings),
        .testTarget(
            name: "SayiirPostgresTests",
            dependencies: [
                "CrashEquivalence", "PostgresCluster", "Sayiir", "SayiirPostgres", "SayiirEvents", "SayiirLog",
                "SayiirProjection", "SayiirTesting", "TestSupport",
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SayiirCatalogueTests",
            dependencies: [
                "SayiirCatalogue", "Sayiir", "SayiirEvents", "SayiirLog", "SayiirProjection", "SayiirTesting",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "SayiirInspectionTests",
            dependencies: [
                "PostgresCluster", "Sayiir", "SayiirInspection", "SayiirCatalogue", "SayiirEvents", "SayiirLog",
                "SayiirPostgres", "SayiirProjection", "SayiirTesting", "TestPrograms", "sayiir-inspect",
            ],
            exclude: ["Golden"], swiftSettings: settings),
        .executableTarget(
            name: "kill-worker", dependencies: ["Sayiir", "SayiirLog"], path: "Tests/KillWorker",
            swiftSettings: settings),
        .testTarget(
            name: "KillTests", dependencies: ["Sayiir", "SayiirLog", "SayiirTesting", "TestPrograms", "kill-worker"],
            swiftSettings: settings),
        .executableTarget(
            name: "program-worker",
            dependencies: ["CPostgres", "CrashEquivalence", "Sayiir", "SayiirEvents", "SayiirPostgres"],
            path: "Tests/ProgramWorker", swiftSettings: settings),
        .testTarget(
            name: "ProgramTests",
            dependencies: ["CrashEquivalence", "PostgresCluster", "TestPrograms", "program-worker"],
            swiftSettings: settings),
        // The shutdown matrix: what its programs do, one of them, and the tests that stop it.
        .target(
            name: "ShutdownWork",
            dependencies: [
                "Sayiir", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], path: "Tests/ShutdownWork", swiftSettings: settings),
        .executableTarget(
            name: "shutdown-worker",
            dependencies: [
                "Sayiir", "SayiirPostgres", "ShutdownWork",
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], path: "Tests/ShutdownWorker", swiftSettings: settings),
        .testTarget(
            name: "ShutdownTests",
            dependencies: [
                "PostgresCluster", "Sayiir", "ShutdownWork", "TestPrograms", "TestSupport", "shutdown-worker",
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
        .target(name: "TestPrograms", path: "Tests/TestPrograms", swiftSettings: settings),
        .target(name: "PostgresCluster", path: "Tests/PostgresCluster", swiftSettings: settings),
        .testTarget(name: "PostgresClusterTests", dependencies: ["PostgresCluster"], swiftSettings: settings),
        .target(name: "ClockSkew", path: "Tests/ClockSkew", cSettings: [.treatAllWarnings(as: .error)]),
        .target(name: "PostgresWork", dependencies: ["Sayiir"], path: "Tests/PostgresWork", swiftSettings: settings),
        .executableTarget(
            name: "postgres-worker",
            dependencies: [
                "ClockSkew", "PostgresWork", "Sayiir", "SayiirPostgres",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/PostgresWorker", swiftSettings: settings),
        .testTarget(
            name: "PostgresKillTests",
            dependencies: [
                "PostgresCluster", "PostgresWork", "Sayiir", "SayiirEvents", "SayiirPostgres", "SayiirProjection",
                "SayiirTesting", "TestPrograms", "TestSupport", "postgres-worker",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
