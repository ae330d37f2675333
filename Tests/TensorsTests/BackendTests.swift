import Tensors
import Testing

@Suite struct BackendTests {
  @Test func `reference is always present`() throws {
    #expect(Conformance.present.contains("reference"))
    let backend = try Backend.named("reference")
    #expect(backend.threads >= 1)
    #expect(!backend.deviceName.isEmpty)
    #expect(backend.activationType == .float32)
  }

  @Test func `auto takes the best backend present`() throws {
    #expect(try Backend.named("auto", threads: 1).name == Conformance.present.first)
  }

  @Test func `an unknown name is an error that lists what exists`() throws {
    #expect(throws: TensorError.unknownBackend(name: "abacus", available: Backend.all.map(\.name) + ["cpu"]))
    {
      try Backend.named("abacus")
    }
    let text = TensorError.unknownBackend(name: "abacus", available: ["cpu", "reference"]).description
    #expect(text == "expected a backend among cpu, reference or auto, found \"abacus\"")
  }

  @Test(arguments: [0, -1, 257, Int.max])
  func `refuses a thread count it cannot serve`(threads: Int) throws {
    #expect(throws: TensorError.self) { try Backend.named("reference", threads: threads) }
  }

  @Test(arguments: Conformance.present)
  func `a loop allocates nothing after its first round`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let packed = try PackedLinear(on: backend, weight: Numbers.list(256, seed: 81), outputs: 16, inputs: 16)
    var x = try backend.tensor(Numbers.list(160, seed: 82), shape: [10, 16])
    var held: [Int] = []
    for _ in 0..<4 {
      x = try x.linear(packed, residual: x).scaled(by: 0.5)
      held.append(backend.bytesInUse + backend.bytesCached)
    }
    #expect(Set(held.dropFirst()).count == 1)
  }

  @Test(arguments: Conformance.present)
  func `gives memory back when asked`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    do {
      let x = try backend.tensor(Numbers.list(1000, seed: 83), shape: [1000])
      #expect(backend.bytesInUse >= x.count * backend.activationType.size)
    }
    #expect(backend.bytesInUse == 0)
    #expect(backend.bytesCached > 0)
    backend.releaseCachedMemory()
    #expect(backend.bytesCached == 0)
  }

  @Test(arguments: Conformance.present)
  func `values outlive the backend's last other reference`(name: String) throws {
    func make() throws -> Tensor { try Backend.named(name, threads: 2).tensor([1, 2], shape: [2]) }
    let x = try make()
    #expect(try x.adding(x).floats() == [2, 4])
  }

  @Test(arguments: Conformance.present)
  func `may be used by several threads in turn and at once`(name: String) async throws {
    let backend = try Backend.named(name, threads: 2)
    let testCase = LinearTests.cases[3]
    let expected = try testCase.run(on: backend).floats()
    try await withThrowingTaskGroup(of: [Float].self) { group in
      for _ in 0..<8 { group.addTask { try testCase.run(on: backend).floats() } }
      for try await found in group { #expect(found == expected) }
    }
  }

  @Test(arguments: Conformance.present)
  func `a profile counts calls and floating-point operations`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let testCase = LinearCase(rows: 5, inputs: 7, outputs: 3, gated: true)
    let (_, profile) = try backend.profiled { try testCase.run(on: backend) }
    #expect(profile.entries["linear"]?.calls == 1)
    #expect(profile.flops == 2 * 5 * 7 * 6)
    #expect(backend.profiled {}.1.entries.isEmpty)
  }
}
