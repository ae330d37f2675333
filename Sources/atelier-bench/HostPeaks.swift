import CKernels

/// What the processor was seen to do at best in this very run.
struct HostPeaks: Encodable {
  /// Float32 operations per second, from registers.
  let flopsPerSecond: Double
  /// Bytes per second read plus written by a large copy.
  let copyBytesPerSecond: Double

  enum CodingKeys: String, CodingKey {
    case flopsPerSecond = "flops_per_second"
    case copyBytesPerSecond = "copy_bytes_per_second"
  }

  /// Measures on this many threads, for about a quarter of a second.
  ///
  /// Nil if memory or threads are not to be had.
  init?(threads: Int) {
    var peaks = ck_peaks()
    guard let count = Int32(exactly: threads), ck_measure_peaks(count, &peaks) == CK_OK else { return nil }
    flopsPerSecond = peaks.flops_per_second
    copyBytesPerSecond = peaks.copy_bytes_per_second
  }
}
