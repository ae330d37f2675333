import Foundation
import Generation
import Testing

@testable import Server

@Suite struct CapabilitiesRegistryTests {
  private let first = WorkerID("w1")
  private let second = WorkerID("w2")

  @Test func `merges what workers offer, the first one's model first`() throws {
    let registry = CapabilitiesRegistry()
    #expect(registry.offers == nil)
    registry.connected(first, SampleCapabilities.worker(models: [SampleCapabilities.model("a")]))
    registry.connected(
      second,
      SampleCapabilities.worker(models: [SampleCapabilities.model("a"), SampleCapabilities.model("b")]))
    let offers = try #require(registry.offers)
    #expect(offers.models.map(\.name) == ["a", "b"])
    #expect(offers.samplers.map(\.name) == ["Euler", "Euler a", "DPM++ 2M", "DDIM"])
  }

  @Test func `remembers a worker that went away`() throws {
    let registry = CapabilitiesRegistry()
    registry.connected(first, SampleCapabilities.worker())
    registry.setBusy(first, true)
    #expect(registry.isReady)
    registry.disconnected(first)
    #expect(!registry.isReady)
    #expect(registry.offers?.models.map(\.name) == ["atelier-demo"])
    #expect(registry.statuses == [WorkerStatus(name: first, device: "mock", state: .offline)])
    registry.connected(first, SampleCapabilities.worker())
    #expect(registry.statuses.map(\.state) == [.ready])
  }

  @Test func `of very many workers those that are away are forgotten, with what they alone had`() {
    let registry = CapabilitiesRegistry()
    registry.connected(first, SampleCapabilities.worker(models: [SampleCapabilities.model("a")]))
    registry.connected(second, SampleCapabilities.worker(models: [SampleCapabilities.model("b")]))
    registry.disconnected(second)
    for number in 2..<CapabilitiesRegistry.most {
      #expect(registry.connected(WorkerID("n\(number)"), SampleCapabilities.worker()) == [])
    }
    #expect(registry.connected(WorkerID("last"), SampleCapabilities.worker()) == ["b"])
    #expect(registry.statuses.count == CapabilitiesRegistry.most)
    // Those that are connected stay, however many.
    #expect(registry.connected(WorkerID("one more"), SampleCapabilities.worker()) == [])
    #expect(
      registry.statuses.count == CapabilitiesRegistry.most + 1 && registry.offers?.models.first?.name == "a")
  }

  @Test func `describes every setting of a request for the form`() throws {
    let registry = CapabilitiesRegistry()
    registry.connected(first, SampleCapabilities.worker())
    let document = CapabilitiesDocument(offers: registry.offers, workers: registry.statuses, access: .single)
    #expect(
      Set(document.parameters.map(\.name))
        == Set(GenerationRequest.settings.map(\.rawValue)).union(["styles"]))
    let text = String(decoding: try JSONText.encode(document), as: UTF8.self)
    for part in [
      #""version":""#, #""limits":{"#, #""models":[{"#, #""samplers":[{"#, #""schedules":[{"#,
      #""modes":["txt2img"]"#,
      #""workers":[{"device":"mock","name":"w1","state":"ready"}]"#, #""guidance_scale":5"#,
      #"{"default":20,"max":150,"min":1,"name":"steps","required":false,"step":1,"type":"integer"}"#,
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }
}
