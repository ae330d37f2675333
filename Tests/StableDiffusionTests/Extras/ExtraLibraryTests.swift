import Foundation
import Generation
import StableDiffusion
import Testing

@Suite struct ExtraLibraryTests {
  /// A folder that goes away with the test.
  private final class Folder {
    let path = NSTemporaryDirectory() + "extras-\(UUID().uuidString)"

    func add(_ golden: String, as name: String) throws {
      let target = "\(path)/\(name)"
      try FileManager.default.createDirectory(
        at: URL(filePath: target).deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: try Goldens.path("extras/\(golden)"), toPath: target)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test func `files are found under every program's folder names, and loose by what is in them`() throws {
    let folder = Folder()
    try folder.add("Lora/kohya.safetensors", as: "models/Lora/style/kohya.safetensors")
    try folder.add("Lora/peft.safetensors", as: "LORAS/peft.safetensors")
    try folder.add("Lora/peft.safetensors", as: "models/lycoris/peft.safetensors")
    try folder.add("embeddings/badneg.safetensors", as: "embeddings/badneg.safetensors")
    try folder.add("hypernetworks/wide.pt", as: "models/hypernetworks/wide.pt")
    try folder.add("VAE/tiny.vae.pt", as: "models/Stable-diffusion/a.vae.pt")
    try folder.add("Lora/locon.pt", as: "locon.pt")
    try folder.add("embeddings/tinystyle.pt", as: "tinystyle.pt")
    let contents = ExtraLibrary(folders: [folder.path]).scan()
    #expect(contents.problems == [])
    let names = contents.files.all.map { "\($0.kind.rawValue) \($0.description.name)" }
    #expect(
      names == [
        "embedding badneg", "embedding tinystyle", "hypernetwork wide", "lora kohya", "lora locon",
        "lora peft",
        "lora peft-2", "vae a.vae.pt",
      ])
    // A LoRA among models is no broken model.
    #expect(ModelLibrary(folders: [folder.path]).scan().problems == [])
  }

  @Test func `a file that is none of its kind is a problem that says what was expected`() throws {
    let folder = Folder()
    try folder.add("embeddings/badneg.safetensors", as: "Lora/badneg.safetensors")
    let contents = ExtraLibrary(folders: [folder.path]).scan()
    #expect(contents.files.all.isEmpty)
    #expect(contents.problems.map(\.name) == ["badneg.safetensors"])
    #expect(contents.problems[0].message.contains("lora_unet_"))
  }

  @Test func `a changed file is read again`() throws {
    let folder = Folder()
    let library = ExtraLibrary(folders: [folder.path])
    try folder.add("Lora/kohya.safetensors", as: "Lora/x.safetensors")
    #expect(library.scan().files.files(.lora).count == 1)
    try FileManager.default.removeItem(atPath: folder.path + "/Lora/x.safetensors")
    try folder.add("embeddings/badneg.safetensors", as: "Lora/x.safetensors")
    #expect(library.scan().files.files(.lora).isEmpty)
  }
}
