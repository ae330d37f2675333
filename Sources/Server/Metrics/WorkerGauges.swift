import Generation
import WorkerProtocol

/// The workers' part of the metrics.
enum WorkerGauges {
  /// Counts by state, then each worker's state, memory, heartbeat and evaluations.
  static func series(_ workers: [WorkerHealth]) -> [(series: String, value: Double)] {
    var series: [(series: String, value: Double)] = []
    for state in WorkerStatus.State.allCases {
      let count = workers.count { $0.state == state }
      series.append(("atelier_workers{state=\"\(state.rawValue)\"}", Double(count)))
    }
    for worker in workers {
      let name = "worker=\"\(MetricText.label(worker.name.rawValue))\""
      for state in WorkerStatus.State.allCases {
        let value = state == worker.state ? 1.0 : 0
        series.append(("atelier_worker_state{\(name),state=\"\(state.rawValue)\"}", value))
      }
      guard worker.state != .offline, let vitals = worker.vitals else { continue }
      series.append(("atelier_worker_evaluations{\(name)}", Double(vitals.evaluations)))
      if let used = vitals.memoryUsed {
        series.append(("atelier_worker_device_memory_bytes{\(name)}", Double(used)))
      }
      if let total = vitals.memoryTotal {
        series.append(("atelier_worker_device_memory_total_bytes{\(name)}", Double(total)))
      }
      if let share = vitals.utilisation {
        series.append(("atelier_worker_device_utilisation_ratio{\(name)}", share))
      }
      if let age = worker.sinceHeartbeat {
        series.append(("atelier_worker_heartbeat_age_seconds{\(name)}", age / .seconds(1)))
      }
    }
    return series
  }
}
