// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// Built by `scripts/torture`, with a view into the library that release builds only give if they are asked. The tests of the
// log run the same simulation.
let package = Package(
    name: "sayiir-torture",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "sayiir", path: "..")],
    targets: [
        .target(
            name: "LogSimulation",
            dependencies: [
                .product(name: "SayiirLog", package: "sayiir"),
                .product(name: "SayiirTesting", package: "sayiir"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "log-torture", dependencies: ["LogSimulation"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
