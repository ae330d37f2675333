import Checkpoints
import Layers
import Tensors
import Testing

@Suite struct BlockTests {
  private func resnet(inputs: Int, outputs: Int, time: Int? = nil) -> [Entry] {
    var entries = [
      Entry("norm1.weight", [inputs]), Entry("norm1.bias", [inputs]),
      Entry("conv1.weight", [outputs, inputs, 3, 3]), Entry("conv1.bias", [outputs]),
      Entry("norm2.weight", [outputs]), Entry("norm2.bias", [outputs]),
      Entry("conv2.weight", [outputs, outputs, 3, 3]), Entry("conv2.bias", [outputs]),
    ]
    if let time {
      entries += [Entry("time_emb_proj.weight", [outputs, time]), Entry("time_emb_proj.bias", [outputs])]
    }
    if inputs != outputs {
      entries += [
        Entry("conv_shortcut.weight", [outputs, inputs, 1, 1]), Entry("conv_shortcut.bias", [outputs]),
      ]
    }
    return entries
  }

  @Test func `a skip connection is read as further channels`() throws {
    let loader = try loader(resnet(inputs: 12, outputs: 8, time: 5))
    let block = try ResnetBlock(
      loader, ResnetBlock.Sizes(inputs: 12, outputs: 8, groups: 4, epsilon: 1e-5, timeChannels: 5))
    let x = try loader.input([1, 3, 5, 12])
    let values = try x.floats()
    let first = (0..<15).flatMap { Array(values[12 * $0..<12 * $0 + 9]) }
    let second = (0..<15).flatMap { Array(values[12 * $0 + 9..<12 * $0 + 12]) }
    let addend = try #require(try block.project(activatedTime: try loader.input([1, 5])))
    let whole = try block(x, timeAddend: addend)
    let apart = try block(
      try loader.backend.tensor(first, shape: [1, 3, 5, 9]),
      skip: try loader.backend.tensor(second, shape: [1, 3, 5, 3]), timeAddend: addend)
    #expect(whole.shape == [1, 3, 5, 8])
    #expect(try difference(whole, apart) < 1e-5)
    try loader.weights.finish()
  }

  @Test func `the time embedding matters`() throws {
    let loader = try loader(resnet(inputs: 8, outputs: 8, time: 5))
    let block = try ResnetBlock(
      loader, ResnetBlock.Sizes(inputs: 8, outputs: 8, groups: 4, epsilon: 1e-5, timeChannels: 5))
    let x = try loader.input([1, 2, 2, 8])
    let addend = try block.project(activatedTime: try loader.input([1, 5]))
    #expect(try difference(try block(x), try block(x, timeAddend: addend)) > 1e-3)
  }

  @Test(arguments: [(4, 6), (5, 9), (1, 1), (2, 7)])
  func `downsampling rounds up, upsampling goes to any size`(height: Int, width: Int) throws {
    let loader = try loader([Entry("conv.weight", [4, 4, 3, 3]), Entry("conv.bias", [4])])
    let x = try loader.input([2, height, width, 4])
    let half = try Downsample(loader, channels: 4, geometry: .halving)(x)
    #expect(half.shape == [2, (height + 1) / 2, (width + 1) / 2, 4])
    let back = try Upsample(loader, channels: 4)(half, height: height, width: width)
    #expect(back.shape == x.shape)
  }

  @Test func `a convolution loaded as two halves gives the halves of its outputs`() throws {
    let loader = try loader([Entry("weight", [6, 3, 3, 3]), Entry("bias", [6])])
    let x = try loader.input([1, 4, 4, 3])
    let whole = try Conv2d(loader, inputs: 3, outputs: 6, kernel: 3)(x).floats()
    let last = try Conv2d(loader, inputs: 3, outputs: 6, kernel: 3, rows: 4..<6)(x).floats()
    let expected = (0..<16).flatMap { pixel in Array(whole[6 * pixel + 4..<6 * pixel + 6]) }
    #expect(last == expected)
  }

  @Test func `attention to itself is attention to keys and values of itself`() throws {
    let names = ["to_q", "to_k", "to_v", "to_out.0"]
    let loader = try loader(names.map { Entry("\($0).weight", [8, 8]) } + [Entry("to_out.0.bias", [8])])
    let x = try loader.input([2, 6, 8])
    let alone = try SelfAttention(loader, width: 8, heads: 2)
    let cross = try CrossAttention(loader, width: 8, contextWidth: 8, heads: 2)
    let prepared = try cross.prepare(x)
    #expect(
      try difference(try alone(x, residual: x), try cross(x, keysAndValues: prepared, residual: x)) < 1e-6)
  }

  @Test func `causal attention does not see what follows`() throws {
    let names = ["q_proj", "k_proj", "v_proj", "out_proj"]
    let loader = try loader(names.flatMap { [Entry("\($0).weight", [8, 8]), Entry("\($0).bias", [8])] })
    let attention = try SelfAttention(
      loader, names: .transformers, width: 8, heads: 4, bias: true, causal: true)
    let x = try loader.input([1, 5, 8])
    var changed = try x.floats()
    changed[39] += 1
    let other = try loader.backend.tensor(changed, shape: [1, 5, 8])
    let (before, after) = (try attention(x, residual: x).floats(), try attention(other, residual: x).floats())
    #expect(before[..<32] == after[..<32])
    #expect(before[32...] != after[32...])
  }
}
