import Checkpoints
import Testing

@testable import StableDiffusion

@Suite struct TokenChunkerTests {
  private func tokenizer(_ model: String = "tiny-sd1") throws -> CLIPTokenizer {
    try CLIPTokenizer(try Goldens(model).folder())
  }

  private func chunks(_ pieces: [WeightedText], _ model: String = "tiny-sd1") throws -> [TokenChunk] {
    TokenChunker.chunks(pieces, try tokenizer(model), length: 77)
  }

  @Test(arguments: Goldens.models)
  func `a short prompt is one chunk, as transformers pads it`(_ model: String) throws {
    let tokenizer = try tokenizer(model)
    for text in ["", "a red circle", "star, star"] {
      let chunks = TokenChunker.chunks([WeightedText(text, 1)], tokenizer, length: 77)
      #expect(chunks.map(\.ids) == [tokenizer.encode(text, length: 77)])
      #expect(chunks[0].isPlain)
    }
  }

  @Test func `weights go with their tokens`() throws {
    let tokenizer = try tokenizer()
    let chunk = try #require(try chunks([WeightedText("red", 1.5), WeightedText(" circle", 1)]).first)
    let count = tokenizer.tokens("red").count
    #expect(chunk.weights[1...count].allSatisfy { $0 == 1.5 })
    #expect(chunk.weights[0] == 1 && chunk.weights[(count + 1)...].allSatisfy { $0 == 1 })
    #expect(chunk.weights.count == 77)
  }

  @Test func `seventy-five tokens fill a chunk, one more begins another`() throws {
    let tokenizer = try tokenizer()
    let comma = try #require(tokenizer.tokens(",").first)
    let letter = try #require(tokenizer.tokens("a").first)
    func text(_ count: Int) -> String { Array(repeating: "a", count: count).joined(separator: " ") }
    #expect(tokenizer.tokens(text(75)).count == 75)
    #expect(try chunks([WeightedText(text(75), 1)]).count == 1)
    let two = try chunks([WeightedText(text(76), 1)])
    #expect(two.count == 2 && two[1].ids[1] == letter && two[1].ids[2] == tokenizer.endID)
    // A comma among the last twenty takes what follows it along.
    let moved = try chunks([WeightedText(text(60) + " , " + text(20), 1)])
    #expect(moved.count == 2 && moved[0].ids[61] == comma && moved[0].ids[62] == tokenizer.endID)
    #expect(moved[1].ids[1...20].allSatisfy { $0 == letter })
    // One that is further back does not.
    let kept = try chunks([WeightedText(text(40) + " , " + text(50), 1)])
    #expect(kept[0].ids[1...75].filter { $0 == comma }.count == 1 && kept[0].ids[75] == letter)
    #expect(kept[1].ids[1...16].allSatisfy { $0 == letter })
  }

  @Test func `BREAK ends a chunk, also twice`() throws {
    let letter = try #require(try tokenizer().tokens("a").first)
    let parts = try chunks([WeightedText("a", 1), .chunkBreak, WeightedText("a", 1)])
    #expect(parts.count == 2 && parts.allSatisfy { $0.ids[1] == letter })
    let empty = try chunks([WeightedText("a", 1), .chunkBreak, .chunkBreak, WeightedText("a", 1)])
    let end = try tokenizer().endID
    #expect(empty.count == 3 && empty[1].ids[1] == end)
    // In brackets it is a word like others.
    #expect(try chunks(PromptAttention.parse("(a BREAK b)")).count == 1)
  }
}
