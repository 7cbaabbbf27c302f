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
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.0.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CLZ4Floor",
            pkgConfig: "liblz4",
            providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]
        ),
        // Calls what the log's library has in it and does not export: only a program that uses the log as well can be linked.
        .target(name: "CFloors"),
        .executableTarget(
            name: "sayiir-bench",
            dependencies: [
                "CFloors", "CLZ4Floor",
                .product(name: "Sayiir", package: "sayiir"),
                .product(name: "SayiirCatalogue", package: "sayiir"),
                .product(name: "SayiirEvents", package: "sayiir"),
                .product(name: "SayiirLog", package: "sayiir"),
                .product(name: "SayiirPostgres", package: "sayiir"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "linear-flow",
            dependencies: [
                .product(name: "Sayiir", package: "sayiir"),
                .product(name: "SayiirPostgres", package: "sayiir"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
