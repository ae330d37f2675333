import CKernels
import Testing

@Suite struct PeaksTests {
  @Test func `A processor multiplies at least as fast as its slowest clock`() {
    var peaks = ck_peaks()
    #expect(ck_measure_peaks(1, &peaks) == CK_OK)
    #expect(peaks.f32_flops_per_second > 1e8 && peaks.f32_flops_per_second < 1e12)
    for peak in [
      peaks.f16_flops_per_second, peaks.bf16_flops_per_second, peaks.i8_ops_per_second,
      peaks.i16_ops_per_second,
    ] {
      #expect(peak == 0 || peak > 1e8)
    }
  }

  @Test(arguments: [128, 100_001, 1 << 24]) func `A copy of any size has a rate`(bytes: Int64) {
    var rate = 0.0
    #expect(ck_measure_copy(2, bytes, &rate) == CK_OK)
    #expect(rate > 1e5 && rate < 1e13)
  }

  @Test func `Threads and bytes out of range are refused`() {
    var peaks = ck_peaks()
    var rate = 1.0
    #expect(ck_measure_peaks(0, &peaks) == CK_BAD_ARGUMENT)
    #expect(ck_measure_peaks(257, &peaks) == CK_BAD_ARGUMENT)
    #expect(ck_measure_copy(1, 127, &rate) == CK_BAD_ARGUMENT && rate == 0)
    #expect(ck_measure_copy(1, 1 << 33, &rate) == CK_BAD_ARGUMENT)
  }
}
