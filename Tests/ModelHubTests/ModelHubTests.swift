import Foundation
import Testing

@testable import ModelHub

/// Against Python's zlib.
@Suite struct InflateTests {
  private static let text = String(repeating: "a small red circle, a large red circle, ", count: 5)
  private static let stored =
    "01c80037ff6120736d616c6c2072656420636972636c652c2061206c617267652072656420636972636c652c206120736d616c6c2072656420636972636c652c2061206c617267652072656420636972636c652c206120736d616c6c2072656420636972636c652c2061206c617267652072656420636972636c652c206120736d616c6c2072656420636972636c652c2061206c617267652072656420636972636c652c206120736d616c6c2072656420636972636c652c2061206c617267652072656420636972636c652c20"
  private static let fixed = "4b5428ce4dccc951284a4d5148ce2c4ace49d5514854c8492c4a4f45131bdcea00"
  private static let dynamic =
    "ed90c10dc4400c025b716b6083dd7f05c71671bf28128f18462c53ed234e357355b73d5d0b3604ddee5e9be81badb6d6b563a85d1c89bca3b931ef12c8399c24c9c2acd4b0dd81d4164bfb28b1384e24e5b37500a272e7b3145087a24990b4e79a110d51f927338750ce69b4c10c1efe69c8437110e702c72e0deabd27c13a7886c59e14bb8546ef76061a040fcc026941efca69b0212092a631ceb7d5b7d51fb6fa01"
  private static let noise =
    "d cfhbahe ddh  hgcdc gabcaeaehggghcfbachdegeg gf gdfaecf bdeebbhhbfbgcaeggbaagf e daeabb adgeecafffcggh g b egdege e fagfagcafhffehaaafehefcfcffeegbace dedfcgbbffdhcbfdhedba dfcefbfcge ehfgeggagcdah g dah e fdbebdaa dgaahbc eda  gabfce hafddb bcdecahgaede  gahfaacababhab  hfcfbfggefedfgbc agbcafh ga"

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }

  @Test func `all kinds of blocks are decompressed`() throws {
    for packed in [Self.stored, Self.fixed] {
      let found = try Inflate.decompress(Self.bytes(packed)[...], limit: 200)
      #expect(String(decoding: found, as: UTF8.self) == Self.text)
    }
    let found = try Inflate.decompress(Self.bytes(Self.dynamic)[...], limit: 900)
    #expect(String(decoding: found, as: UTF8.self) == String(repeating: Self.noise, count: 3))
  }

  @Test func `what is damaged, cut or too large is an error`() {
    let whole = Self.bytes(Self.dynamic)
    #expect(throws: HubError.self) { try Inflate.decompress(whole[...], limit: 899) }
    for count in 0..<whole.count - 1 {
      #expect(throws: HubError.self) { try Inflate.decompress(whole[..<count], limit: 1 << 20) }
    }
    for place in whole.indices {
      var changed = whole
      changed[place] ^= 0x55
      // Any answer but a crash.
      _ = try? Inflate.decompress(changed[...], limit: 1 << 20)
    }
  }
}

@Suite struct SourceTests {
  private func source(_ text: String) throws -> HubSource {
    try HubSource(text, endpoint: WebAddress("https://huggingface.co"), revision: "main")
  }

  @Test func `names and addresses of the hub mean the same`() throws {
    let repository = HubSource.repository("me/tiny", revision: "main")
    #expect(try source("me/tiny") == repository)
    #expect(try source("https://huggingface.co/me/tiny") == repository)
    #expect(
      try source("https://HUGGINGFACE.co/me/tiny/tree/main/x")
        == .file("me/tiny", path: "x", revision: "main"))
    let file = HubSource.file("me/tiny", path: "a/b.safetensors", revision: "main")
    #expect(try source("me/tiny/a/b.safetensors") == file)
    #expect(try source("https://huggingface.co/me/tiny/blob/main/a/b.safetensors?x=1") == file)
    guard case .address = try source("https://example.com/me/tiny") else {
      Issue.record("another host's address is no repository")
      return
    }
  }

  @Test(arguments: [
    "tiny", "../x/y", "me/..", "me//x", "me/tiny/../x", "me/tiny/a\\b", "ftp://a/b", "https://u:p@a/b",
    "https:///b",
    "file:///etc/passwd", "me/tiny/a:b", "",
  ]) func `what is neither is refused`(text: String) {
    #expect(throws: HubError.self) { try source(text) }
  }

  @Test func `redirects keep the scheme's safety`() throws {
    let address = try WebAddress("https://a.example/x/y?z=1")
    #expect(try address.following("../w").text == "https://a.example/w")
    #expect(try address.following("//b.example/c").origin.host == "b.example")
    #expect(throws: HubError.self) { try address.following("http://a.example/x") }
    #expect(throws: HubError.self) { try address.following("file:///etc/passwd") }
  }
}

@Suite struct ResponseHeadTests {
  private func head(_ lines: String...) -> ResponseHead {
    var head = ResponseHead()
    for line in lines { _ = head.take(line) }
    return head
  }

  @Test func `what resumes and what does not`() {
    let found = head(
      "HTTP/1.1 206 Partial", "Content-Range: bytes 5-9/10", "ETag: \"x\"", "content-length: 5", "")
    #expect(found.status == 206 && found.range?.first == 5 && found.range?.total == 10 && found.length == 5)
    #expect(found.strongTag == "\"x\"")
    #expect(head("HTTP/1.1 200", "ETag: W/\"x\"").strongTag == nil)
    #expect(head("HTTP/2 200", "Content-Range: bytes */10", "Content-Length: -5").range == nil)
    #expect(head("HTTP/1.1 100 Continue", "", "HTTP/1.1 302 Found", "Location: /a").isRedirect)
    #expect(
      head("HTTP/1.1 200", "Content-Disposition: attachment; filename=\"../../a b.ckpt\"").fileName
        == "a b.ckpt")
  }
}

@Suite struct FileSelectionTests {
  private func choice(_ names: [String], half: Bool = false) throws -> FileSelection.Choice {
    let files = names.map { RepositoryListing.File(name: $0, size: 1) }
    return try FileSelection(RepositoryListing(commit: "c", files: files), prefersHalf: half).choice()
  }

  private func names(_ choice: FileSelection.Choice) -> [String] {
    guard case .folder(let files) = choice else { return [] }
    return files.map(\.name)
  }

  @Test func `safetensors of the wanted precision, shards with their index`() throws {
    let shards = [
      "text_encoder/model.fp16-00001-of-00002.safetensors",
      "text_encoder/model.fp16-00002-of-00002.safetensors",
    ]
    let all =
      [
        "model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors", "unet/diffusion_pytorch_model.bin",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors", "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "text_encoder/model.safetensors.index.fp16.json", "safety_checker/model.safetensors",
        "tokenizer/vocab.json",
      ] + shards
    #expect(
      names(try choice(all)) == [
        "model_index.json", "tokenizer/vocab.json", "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json", "vae/diffusion_pytorch_model.safetensors", "text_encoder/config.json",
        "text_encoder/model.safetensors",
      ])
    #expect(
      names(try choice(all + ["safety_checker/config.json"])).suffix(2) == [
        "safety_checker/config.json", "safety_checker/model.safetensors",
      ])
    let half = names(try choice(all, half: true))
    #expect(half.contains("unet/diffusion_pytorch_model.fp16.safetensors"))
    #expect(half.contains("vae/diffusion_pytorch_model.safetensors"))
    #expect(half.suffix(3) == ["text_encoder/model.safetensors.index.fp16.json"] + shards)
  }

  @Test func `what cannot be used is said`() throws {
    #expect(throws: HubError.self) { try choice(["model_index.json", "unet/diffusion_pytorch_model.bin"]) }
    #expect(throws: HubError.self) { try choice(["a.safetensors", "b.safetensors"]) }
    #expect(throws: HubError.self) { try choice(["a.safetensors", "a.safetensors"]) }
    #expect(try choice(["a.ckpt", "x/b.ckpt"]) == .single(RepositoryListing.File(name: "a.ckpt", size: 1)))
  }
}
