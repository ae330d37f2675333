/// What `kernels --json` prints.
struct KernelReport: Encodable {
  let backend: String
  let device: String
  let threads: Int
  let peaks: HostPeaks?
  let results: [KernelResult]
}
