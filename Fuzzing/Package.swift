// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// Built by `scripts/fuzz`, with the flags that libFuzzer needs; nothing else builds it.
let package = Package(
    name: "sayiir-fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "sayiir", path: "..")],
    targets: [
        .target(
            name: "FuzzTargets",
            dependencies: [
                .product(name: "SayiirEvents", package: "sayiir"),
                .product(name: "SayiirLog", package: "sayiir"),
                .product(name: "SayiirProjection", package: "sayiir"),
                .product(name: "SayiirTesting", package: "sayiir"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "sayiir-fuzz", dependencies: ["FuzzTargets"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
