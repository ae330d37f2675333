import Generation
import HTTPTypes
import Testing
import WorkerProtocol

@testable import Server

@Suite struct MetricsTests {
  @Test func `series of one name stand together under one type, histograms add up`() {
    let metrics = ServerMetrics()
    metrics.observe(GenerationSummary(images: 1, load: 0, text: 0.2, denoise: 7, decode: 4000))
    metrics.count("atelier_http_responses_total{code=\"200\"}")
    metrics.count("atelier_http_responses_total{code=\"404\"}", by: 2)
    metrics.gauge("atelier_http_connections") { 3 }
    let lines = metrics.text(gauges: [("atelier_jobs_waiting", 5)]).split(separator: "\n").map(String.init)
    #expect(lines.contains("atelier_http_connections 3"))
    #expect(lines.contains("atelier_jobs_waiting 5"))
    #expect(lines.contains("# TYPE atelier_job_phase_seconds histogram"))
    #expect(lines.contains("atelier_job_phase_seconds_bucket{phase=\"denoise\",le=\"5\"} 0"))
    #expect(lines.contains("atelier_job_phase_seconds_bucket{phase=\"denoise\",le=\"10\"} 1"))
    #expect(lines.contains("atelier_job_phase_seconds_bucket{phase=\"decode\",le=\"+Inf\"} 1"))
    #expect(lines.contains("atelier_job_phase_seconds_sum{phase=\"denoise\"} 7"))
    #expect(lines.contains("atelier_job_phase_seconds_count{phase=\"text\"} 1"))
    let names = lines.filter { $0.hasPrefix("# TYPE") }
    #expect(Set(names).count == names.count)
    let index = lines.firstIndex(of: "atelier_http_responses_total{code=\"200\"} 1")
    #expect(index.map { lines[$0 + 1] } == "atelier_http_responses_total{code=\"404\"} 2")
    // Every metric that is exposed has its line of help.
    #expect(lines.count { $0.hasPrefix("# HELP") } == names.count)
  }

  @Test func `a worker's state and memory are told, its name escaped`() {
    let vitals = WorkerVitals(evaluations: 9, memoryUsed: 100, memoryTotal: 200, utilisation: 0.5)
    let worker = WorkerHealth(
      name: WorkerID("a\"\\\nb"), device: "d", state: .busy, vitals: vitals, sinceHeartbeat: .seconds(2),
      busyFor: .seconds(1))
    let series = Dictionary(uniqueKeysWithValues: WorkerGauges.series([worker]).map { ($0.series, $0.value) })
    let label = #"worker="a\"\\\nb""#
    #expect(series["atelier_workers{state=\"busy\"}"] == 1)
    #expect(series["atelier_worker_state{\(label),state=\"busy\"}"] == 1)
    #expect(series["atelier_worker_state{\(label),state=\"offline\"}"] == 0)
    #expect(series["atelier_worker_device_memory_bytes{\(label)}"] == 100)
    #expect(series["atelier_worker_device_memory_total_bytes{\(label)}"] == 200)
    #expect(series["atelier_worker_device_utilisation_ratio{\(label)}"] == 0.5)
    #expect(series["atelier_worker_heartbeat_age_seconds{\(label)}"] == 2)
  }

  @Test func `every series of a live server has its help`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    _ = try await service.submit("p", cookie: admin)
    let text = try await service.send(.get, "/metrics", cookie: admin).text
    #expect(text.contains("atelier_logins_total{result=\"ok\"} 1"))
    for line in text.split(separator: "\n") where line.hasPrefix("# TYPE") {
      let name = String(line.split(separator: " ")[2])
      #expect(MetricHelp.all[name] != nil, "\(name)")
    }
    #expect(!text.contains("prompt"))
  }

  @Test func `what a worker says it can do is shown in plain names only`() {
    var lie = MockWorker.capabilities
    lie.device = "GPU\u{202E}\n" + String(repeating: "x", count: 10_000)
    let model = lie.models[0]
    for name in ["", "a\u{1B}[31m", "b\nc", String(repeating: "d", count: 1000), "modèle 1"] {
      var other = model
      other.name = name
      lie.models.append(other)
    }
    lie.samplers += (0..<1000).map { SamplerDescription(name: "s\($0)") }
    let told = Reported.capabilities(lie)
    #expect(told.models.map(\.name) == ["demo", "modèle 1"])
    #expect(told.samplers.count == 64)
    #expect(told.device.hasPrefix("GPUxxx") && told.device.count < 301)
    #expect(Reported.capabilities(MockWorker.capabilities) == MockWorker.capabilities)
  }

  @Test func `what a worker says about time is never more than the time it had`() {
    let lie = GenerationSummary(images: 1, load: -1, text: .infinity, denoise: 1e300, decode: .nan)
    let summary = Reported.summary(lie, within: .seconds(12))
    #expect(summary.load == 0 && summary.text == 0 && summary.denoise == 12 && summary.decode == 0)
    let vitals = Reported.vitals(
      WorkerVitals(evaluations: -5, memoryUsed: -1, memoryTotal: nil, utilisation: 7))
    #expect(vitals == WorkerVitals(evaluations: 0, memoryUsed: 0, memoryTotal: nil, utilisation: 1))
  }
}
