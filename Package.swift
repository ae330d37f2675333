// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The library of libFuzzer without `main`: then everything is built to be fuzzed, and atelier-fuzz with it
// (Scripts/test.sh --long).
let fuzzer = Context.environment["ATELIER_FUZZER"]
let fuzzSettings: [SwiftSetting] = fuzzer == nil ? [] : [.unsafeFlags(["-O", "-sanitize=address,fuzzer"])]

// Settings every Swift target shares. Warnings are errors; imports are internal unless said `public import`.
let swiftSettings: [SwiftSetting] =
  fuzzSettings + [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ]

// Targets that read strangers' bytes also prove their memory accesses safe.
let strictSettings: [SwiftSetting] = swiftSettings + [.strictMemorySafety()]

// Kernels are optimised in debug builds too: at -O0 they are a hundred times slower.
let kernelSettings: [CSetting] = [
  .headerSearchPath("."),
  .unsafeFlags(["-O3", "-std=c11", "-fno-math-errno", "-Wall", "-Wextra", "-Werror"]),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
// One module of it, not all: the others are hundreds of files to build.
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

/// The libraries that the archive of `package` needs beside itself, by pkg-config.
func librariesBehind(_ package: String) throws -> [LinkerSetting] {
  let pkgConfig = Process()
  let output = Pipe()
  pkgConfig.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  pkgConfig.arguments = ["pkg-config", "--static", "--libs-only-l", package]
  pkgConfig.standardOutput = output
  try pkgConfig.run()
  let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    .split(whereSeparator: \.isWhitespace)
  pkgConfig.waitUntilExit()
  guard pkgConfig.terminationStatus == 0 else { fatalError("install pkg-config and what has \(package).pc") }
  return words.filter { $0.hasPrefix("-l") && $0.dropFirst(2) != package.dropFirst(3) }
    .map { .linkedLibrary(String($0.dropFirst(2))) }
}

/// A library target in `Sources/<name>` with its settings.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], strict: Bool = false,
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources,
    swiftSettings: strict ? strictSettings : swiftSettings)
}

/// A tool: a thin `main` over a library.
func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// The tests of `target`, in `Tests/<target>Tests`.
func tests(
  _ target: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: "\(target)Tests", dependencies: [.byName(name: target)] + dependencies,
    resources: resources, swiftSettings: swiftSettings)
}

let package = Package(
  name: "atelier",
  products: [
    .executable(name: "atelier", targets: ["atelier"]),
    .executable(name: "atelier-server", targets: ["atelier-server"]),
    .executable(name: "atelier-worker", targets: ["atelier-worker"]),
    .executable(name: "atelier-bench", targets: ["atelier-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Shared by both processes.
    library("Generation"),
    library("WorkerProtocol", ["Generation", "Hashes"], strict: true),
    // Linked into the binaries as CJPEG's library is; and hidden in them, for libcurl brings the shared one. Debian
    // 13's archive compresses, with z and zstd.
    .target(
      name: "CHashes", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [
        .linkedLibrary(":libcrypto.a"), .linkedLibrary("pthread"),
        .unsafeFlags(["-Xlinker", "--exclude-libs=libcrypto.a"]),
      ] + (try librariesBehind("libcrypto"))),
    library("Hashes", ["CHashes"], strict: true),
    .target(name: "CLinux"),
    library("Sockets", ["CLinux", heap, logging], strict: true),
    library("Logs", [logging], strict: true),

    // The server.
    library("HTTP", ["Hashes", "Sockets", httpTypes, logging], strict: true),
    library("JobQueue", ["Generation", grdb, logging]),
    library(
      "Server",
      [
        "Generation", "HTTP", "Hashes", "JobQueue", "Logs", "Pictures", "Sockets", "WorkerProtocol",
        httpTypes, lifecycle, logging, signals,
      ], strict: true),

    // The engine.
    .target(
      name: "CKernels", exclude: ["cuda/kernels"], cSettings: kernelSettings,
      linkerSettings: [.linkedLibrary("m"), .linkedLibrary("dl")]),
    library("Tensors", ["CKernels"]),
    library("Layers", ["Checkpoints", "Tensors"]),
    library("Checkpoints", ["Hashes"], strict: true),
    library("Pictures", strict: true),
    library("StableDiffusion", ["Checkpoints", "Generation", "Layers", "Pictures", "Tensors"]),

    // The worker and the tools.
    .target(
      name: "CPNG",
      cSettings: [
        .unsafeFlags(
          ["-Wall", "-Wextra", "-Werror"] + (fuzzer == nil ? [] : ["-fsanitize=address,fuzzer-no-link"]))
      ],
      linkerSettings: [.linkedLibrary("png")]),
    library("PNG", ["CPNG"], strict: true),
    // Linked into the binaries: their names and versions differ between the systems that workers run on.
    .target(
      name: "CJPEG", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary(":libjpeg.a")]),
    .target(
      name: "CWebP", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
      linkerSettings: [.linkedLibrary(":libwebp.a"), .linkedLibrary("m")]),
    library("PictureFiles", ["CJPEG", "CWebP", "PNG", "Pictures"], strict: true),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    library("ModelHub", ["CCurl", "Hashes"], strict: true),
    library(
      "Worker",
      [
        "Checkpoints", "Generation", "PNG", "PictureFiles", "Pictures", "Sockets", "StableDiffusion",
        "Tensors", "WorkerProtocol", lifecycle, logging,
      ],
      resources: [.copy("Resources/atelier-demo")]),
    tool(
      "atelier-server",
      ["Generation", "JobQueue", "Logs", "Server", "Sockets", argumentParser, logging]),
    tool(
      "atelier-worker",
      ["Generation", "Logs", "Worker", "WorkerProtocol", argumentParser, lifecycle, logging, signals]),
    tool(
      "atelier",
      [
        "Checkpoints", "Generation", "ModelHub", "PNG", "PictureFiles", "Pictures", "StableDiffusion",
        "Tensors", argumentParser,
      ]),
    tool(
      "atelier-bench",
      [
        "Checkpoints", "CKernels", "CLinux", "Generation", "JobQueue", "Pictures", "StableDiffusion",
        "Tensors", argumentParser,
      ]),

    // Tests: one target a library, files mirror types.
    tests("Generation"),
    tests("Hashes"),
    tests("WorkerProtocol", ["Generation"]),
    tests("Sockets"),
    tests("Logs", [logging]),
    tests("HTTP", ["Sockets", httpTypes]),
    tests("JobQueue", ["Generation", grdb]),
    tests(
      "Server",
      ["Generation", "HTTP", "JobQueue", "Sockets", "WorkerProtocol", httpTypes, lifecycle, logging]),
    tests("Tensors", ["CKernels"]),
    tests("Layers", ["Checkpoints", "Tensors"]),
    tests("Checkpoints", resources: [.copy("Goldens")]),
    tests(
      "StableDiffusion", ["Checkpoints", "Generation", "Layers", "Pictures", "Tensors"],
      resources: [.copy("Goldens")]),
    tests("PNG"),
    tests("Pictures"),
    tests("PictureFiles", ["PNG", "Pictures"], resources: [.copy("Goldens")]),
    tests("atelier", ["PNG", "Tensors", argumentParser]),
    tests("ModelHub"),
    tests(
      "Worker",
      ["Generation", "PNG", "Pictures", "Sockets", "StableDiffusion", "WorkerProtocol", logging]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

if let fuzzer {
  package.targets.append(
    .executableTarget(
      name: "atelier-fuzz",
      dependencies: [
        "Checkpoints", "Generation", "HTTP", "PNG", "Server", "StableDiffusion", "WorkerProtocol",
        httpTypes,
      ],
      path: "Tests/Fuzz", swiftSettings: swiftSettings,
      linkerSettings: [.unsafeFlags(["-sanitize=address", fuzzer]), .linkedLibrary("stdc++")]))
}
