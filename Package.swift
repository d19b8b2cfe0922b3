// swift-tools-version: 6.3

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

// libFuzzer's archive without a `main`, named by `make fuzz` alone: the modules are then compiled to be
// fuzzed. Dependencies are not, so that what the fuzzers steer by is our code.
let libFuzzer = Context.environment["LIBFUZZER"]
let compiling: [SwiftSetting] =
  libFuzzer == nil
  ? strict
  : strict + [
    .define("FUZZING"),
    .unsafeFlags(["-sanitize=address", "-Xfrontend", "-sanitize=fuzzer,address"]),
  ]
let linking: [LinkerSetting] =
  libFuzzer.map { [.unsafeFlags(["-sanitize=address", "-Xlinker", $0, "-lstdc++"])] } ?? []

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let customDump = Target.Dependency.product(name: "CustomDump", package: "swift-custom-dump")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let unixSignals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")

func library(
  _ name: String, path: String? = nil, _ dependencies: [Target.Dependency] = []
) -> Target {
  .target(name: name, dependencies: dependencies, path: path, swiftSettings: compiling)
}

func program(
  _ name: String, path: String? = nil, _ dependencies: [Target.Dependency]
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: path, swiftSettings: compiling,
    linkerSettings: linking)
}

/// Tests for one target; they see its `package` API, so none needs `@testable`.
func tests(
  of name: String, _ more: [Target.Dependency] = [], fixtures: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "TestSupport", customDump] + more,
    exclude: fixtures, swiftSettings: strict)
}

let package = Package(
  name: "kith",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
    .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
    .package(url: "https://github.com/pointfreeco/swift-custom-dump.git", exact: "1.7.3"),
    .package(
      url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
  ],
  targets: [
    // The core: no clock, no randomness, no I/O.
    .systemLibrary(
      name: "CZstd", path: "Sources/CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    library("CRDTCore", ["CZstd", crypto]),
    library("SyncEngine", ["CRDTCore"]),
    // The adapters: each owns one dependency on the world.
    library("ReplicaStore", ["CRDTCore", crypto, grdb, grdbSQLite]),
    library("PeerTransport", ["CRDTCore", nioCore, nioPosix, nioSSL, nioTLS, asn1, crypto, x509]),
    // The domain and its front end.
    library("CRMDomain", ["CRDTCore", "ReplicaStore", grdb]),
    .systemLibrary(
      name: "CLineEditor", path: "Sources/CLineEditor", pkgConfig: "libedit",
      providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
    library("CommandShell", ["CLineEditor", "CRDTCore", "CRMDomain", "ReplicaStore"]),
    // The programs and what drives them.
    library(
      "NodeRuntime",
      [
        "CRDTCore", "CRMDomain", "CommandShell", "PeerTransport", "ReplicaStore", "SyncEngine",
        crypto, lifecycle, logging, unixSignals,
      ]),
    program("kith", ["CRMDomain", "CommandShell", "NodeRuntime", unixSignals]),
    program("kith-inspect", ["CRMDomain", "CommandShell", "NodeRuntime", unixSignals]),
    // Simulations.
    library(
      "SimulationKit", path: "Simulations/Kit",
      [
        "CRDTCore", "CRMDomain", "ReplicaStore", "SyncEngine", "TestSupport", crypto, grdb,
        grdbSQLite, heap,
      ]),
    program(
      "simulate", path: "Simulations/Runner", ["SimulationKit", "TestSupport", argumentParser]),
    program("plant", path: "Simulations/Planted", ["SimulationKit", argumentParser]),
    // Verification.
    library("TestSupport", path: "Tests/TestSupport", ["CRDTCore", grdb]),
    program("demo", path: "Tests/Demo", ["TestSupport"]),
    program(
      "benchmarks", path: "Tests/Benchmarks",
      [
        "CRDTCore", "CommandShell", "NodeRuntime", "ReplicaStore", "TestSupport", crypto, grdb,
        grdbSQLite,
      ]),
    library(
      "FuzzTargets", path: "Tests/Fuzz/Targets",
      [
        "CRDTCore", "CRMDomain", "CommandShell", "NodeRuntime", "PeerTransport", "SyncEngine",
        nioCore, nioEmbedded,
      ]),
    program("fuzz", path: "Tests/Fuzz/Runner", ["FuzzTargets"]),
    tests(of: "CRDTCore", [crypto], fixtures: ["Fixtures"]),
    tests(of: "SyncEngine", ["CRDTCore"]),
    tests(of: "ReplicaStore", ["CRDTCore", crypto, grdb]),
    tests(of: "PeerTransport", ["CRDTCore", nioCore, nioEmbedded]),
    tests(of: "CRMDomain", ["CRDTCore", "ReplicaStore"]),
    tests(of: "CommandShell", ["CRDTCore", "CRMDomain", "ReplicaStore"]),
    tests(
      of: "NodeRuntime",
      ["CRDTCore", "CRMDomain", "CommandShell", "PeerTransport", "ReplicaStore"]),
    tests(of: "SimulationKit", ["CRDTCore", "CRMDomain", "ReplicaStore", "SyncEngine"]),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["CRDTCore", "FuzzTargets", "NodeRuntime", "ReplicaStore", "TestSupport"],
      path: "Tests/Fuzz/Tests", swiftSettings: strict),
    .testTarget(
      name: "TestSupportTests", dependencies: ["CRDTCore", "TestSupport"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "CRDTCore", "NodeRuntime", "PeerTransport", "ReplicaStore", "SyncEngine", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(name: "HouseRulesTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
