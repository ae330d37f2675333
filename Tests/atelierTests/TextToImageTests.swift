import ArgumentParser
import Tensors
import Testing

@testable import atelier

@Suite struct TextToImageTests {
  @Test func `CompVis' flags work by their own names`() throws {
    let command = try GenerationOptions.parse([
      "--prompt", "p", "--outdir", "o", "--skip_grid", "--skip_save", "--ddim_steps", "30", "--plms",
      "--fixed_code", "--ddim_eta", "0.5", "--n_iter", "2", "--H", "64", "--W", "128", "--C", "4",
      "--f", "8", "--n_samples", "3", "--n_rows", "2", "--scale", "6.5", "--config", "c.yaml",
      "--ckpt", "m", "--seed", "9", "--precision", "autocast", "--laion400m",
    ])
    #expect(command.steps == 30 && command.rounds == 2 && command.samples == 3 && command.columns == 2)
    #expect(command.height == 64 && command.width == 128 && command.scale == 6.5 && command.eta == 0.5)
    #expect(command.plms && command.fixedCode && command.output.skipGrid && command.output.skipSave)
    #expect(command.model == "m" && command.seed == 9 && command.engine.precision == .autocast)
  }

  @Test func `seed -1 is a value, as in A1111`() throws {
    #expect(try GenerationOptions.parse(["--model", "m", "--prompt", "p", "--seed", "-1"]).seed == -1)
  }

  @Test(arguments: [
    ["--model", "m"], ["--model", "m", "--prompt", "p", "--from-file", "f"],
    ["--model", "m", "--prompt", "p", "--plms", "--sampler", "DDIM"],
    ["--model", "m", "--prompt", "p", "--output", "x.png", "--n_samples", "2"],
    ["--model", "m", "--prompt", "p", "--n_iter", "0"], ["--prompt", "p"],
    ["--model", "m", "--prompt", "p", "--steps", "many"],
  ])
  func `wrong usage is told as such`(arguments: [String]) {
    do {
      _ = try TextToImage.parse(arguments)
      Issue.record("accepted")
    } catch {
      #expect(TextToImage.exitCode(for: error).rawValue == 64)
    }
  }
}
