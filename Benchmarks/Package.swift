// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "sayiir-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "sayiir", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
    ],
    targets: [
        .executableTarget(
            name: "sayiir-bench",
            dependencies: [
                .product(name: "Sayiir", package: "sayiir"),
                .product(name: "SayiirCatalogue", package: "sayiir"),
                .product(name: "SayiirEvents", package: "sayiir"),
                .product(name: "SayiirLog", package: "sayiir"),
                .product(name: "SayiirPostgres", package: "sayiir"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "linear-postgres",
            dependencies: [
                .product(name: "Sayiir", package: "sayiir"),
                .product(name: "SayiirPostgres", package: "sayiir"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
