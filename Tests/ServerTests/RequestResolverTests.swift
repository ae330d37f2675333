import Generation
import Testing

@testable import Server

@Suite struct RequestResolverTests {
  private let resolver = RequestResolver(drawSeed: { 4242 })

  private func resolve(
    _ text: String, _ workers: [WorkerCapabilities] = [SampleCapabilities.worker()]
  ) throws(APIError) -> GenerationRequest {
    try resolver.resolve(Array(text.utf8), offers: WorkerOffers(workers)).request
  }

  private func refusal(_ text: String, _ workers: [WorkerCapabilities] = [SampleCapabilities.worker()])
    -> APIError?
  {
    do {
      _ = try resolve(text, workers)
      return nil
    } catch { return error }
  }

  @Test func `fills in what is left out from the model`() throws {
    #expect(
      try resolve(#"{"prompt":"a red circle"}"#)
        == GenerationRequest(
          prompt: "a red circle", model: "atelier-demo", sampler: "Euler", steps: 20, guidanceScale: 5,
          width: 128, height: 128, seed: 4242))
  }

  @Test func `keeps every setting given`() throws {
    let text = #"""
      {"mode":"TXT2IMG","prompt":"p","negative_prompt":"n","model":"Atelier-Demo","sampler":"euler A",
       "schedule":"Karras","steps":150,"guidance_scale":1,"width":64,"height":2048,"batch_count":8,"seed":0,
       "eta":0.5,"clip_skip":2}
      """#
    #expect(
      try resolve(text)
        == GenerationRequest(
          prompt: "p", negativePrompt: "n", model: "atelier-demo", sampler: "Euler a", schedule: "karras",
          steps: 150, guidanceScale: 1, width: 64, height: 2048, batchCount: 8, seed: 0, eta: 0.5, clipSkip: 2
        ))
  }

  @Test func `takes where noise comes from, and keeps a variation seed only with a strength`() throws {
    let made = try resolve(
      #"{"prompt":"p","noise_source":"NV","variation_seed":7,"variation_strength":0.5,"seed_delta":31337,"#
        + #""sigma_churn":1,"sigma_tmin":0.1,"sigma_tmax":9,"sigma_noise":1.01}"#)
    #expect(made.noiseSource == .nv && made.variationSeed == 7 && made.variationStrength == 0.5)
    #expect(made.seedDelta == 31337 && made.sigmaChurn == 1 && made.sigmaNoise == 1.01)
    #expect(made.sigmaMinimum == 0.1 && made.sigmaMaximum == 9)
    #expect(try resolve(#"{"prompt":"p","variation_seed":7}"#).variationSeed == nil)
    #expect(try resolve(#"{"prompt":"p","variation_strength":0.5}"#).variationSeed != nil)
    for (field, value) in [
      ("noise_source", "\"gpu\""), ("variation_seed", "-2"), ("variation_strength", "1.5"),
      ("seed_delta", "0.5"), ("sigma_churn", "-1"), ("sigma_tmax", "-1"), ("sigma_noise", "3"),
    ] {
      #expect(throws: APIError.self, "\(field)") { try resolve(#"{"prompt":"p","\#(field)":\#(value)}"#) }
    }
  }

  @Test(arguments: [
    ("euler", "Euler"), ("DPMSolverMultistepScheduler", "DPM++ 2M"), ("dpm++ 2m", "DPM++ 2M"),
    ("K_EULER", "Euler"),
  ])
  func `takes sampler names in any case and by alias`(_ given: String, _ sampler: String) throws {
    #expect(try resolve(#"{"prompt":"p","sampler":"\#(given)"}"#).sampler == sampler)
  }

  @Test func `takes the schedule from an old sampler name`() throws {
    let request = try resolve(#"{"prompt":"p","sampler":"DPM++ 2M Karras"}"#)
    #expect(request.sampler == "DPM++ 2M")
    #expect(request.schedule == "karras")
  }

  @Test(arguments: [
    ("{}", "missing_field", "prompt", "prompt is missing; expected a string"),
    (#"{"prompt":5}"#, "wrong_type", "prompt", "prompt must be a string; got 5"),
    (#"{"prompt":null}"#, "wrong_type", "prompt", "prompt must be a string; got null"),
    (#"{"prompt":"a\u0000b"}"#, "wrong_type", "prompt", "prompt must not contain the character U+0000"),
    (
      #"{"prompt":"p","steps":"20"}"#, "wrong_type", "steps",
      #"steps must be an integer between 1 and 150; got "20""#
    ),
    (
      #"{"prompt":"p","steps":20.5}"#, "wrong_type", "steps",
      "steps must be an integer between 1 and 150; got 20.5"
    ),
    (
      #"{"prompt":"p","steps":0}"#, "out_of_range", "steps",
      "steps must be an integer between 1 and 150; got 0"
    ),
    (
      #"{"prompt":"p","steps":1e999}"#, "out_of_range", "steps",
      "steps must be an integer between 1 and 150; got 1e999"
    ),
    (
      #"{"prompt":"p","steps":true}"#, "wrong_type", "steps",
      "steps must be an integer between 1 and 150; got true"
    ),
    (
      #"{"prompt":"p","steps":[20]}"#, "wrong_type", "steps",
      "steps must be an integer between 1 and 150; got a list"
    ),
    (
      #"{"prompt":"p","guidance_scale":NaN}"#, "out_of_range", "guidance_scale",
      "guidance_scale must be a number between 0 and 30; got NaN"
    ),
    (
      #"{"prompt":"p","guidance_scale":-0}"#, "out_of_range", "guidance_scale",
      "guidance_scale must be a number between 0 and 30; got -0"
    ),
    (
      #"{"prompt":"p","guidance_scale":30.01}"#, "out_of_range", "guidance_scale",
      "guidance_scale must be a number between 0 and 30; got 30.01"
    ),
    (
      #"{"prompt":"p","width":500}"#, "not_a_multiple", "width",
      "width must be a multiple of 8; got 500, the nearest is 504"
    ),
    (
      #"{"prompt":"p","height":65}"#, "not_a_multiple", "height",
      "height must be a multiple of 8; got 65, the nearest is 64"
    ),
    (
      #"{"prompt":"p","width":2147483648}"#, "out_of_range", "width",
      "width must be an integer between 64 and 2048; got 2147483648"
    ),
    (
      #"{"prompt":"p","width":-8}"#, "out_of_range", "width",
      "width must be an integer between 64 and 2048; got -8"
    ),
    (
      #"{"prompt":"p","batch_count":9}"#, "out_of_range", "batch_count",
      "batch_count must be an integer between 1 and 8; got 9"
    ),
    (
      #"{"prompt":"p","seed":1.5}"#, "wrong_type", "seed",
      "seed must be an integer between -1 (random) and 9007199254740991, or a string of digits beyond; got 1.5"
    ),
    (
      #"{"prompt":"p","seed":-2}"#, "out_of_range", "seed",
      "seed must be an integer between -1 (random) and 9007199254740991, or a string of digits beyond; got -2"
    ),
    (
      #"{"prompt":"p","seed":9007199254740992}"#, "out_of_range", "seed",
      "seed must be an integer between -1 (random) and 9007199254740991, or a string of digits beyond; got 9007199254740992"
    ),
    (
      #"{"prompt":"p","cfg_scale":7}"#, "unknown_field", "cfg_scale",
      "unknown field 'cfg_scale'; did you mean 'guidance_scale'?"
    ),
    (
      #"{"prompt":"p","step":7}"#, "unknown_field", "step", "unknown field 'step'; did you mean 'steps'?"
    ),
    (#"{"prompt":"p","prompt":"q"}"#, "duplicate_field", "prompt", "'prompt' is given twice"),
    (
      #"{"prompt":"p","sampler":"eular"}"#, "unknown_sampler", "sampler",
      "unknown sampler 'eular'; did you mean 'Euler'?"
    ),
    (
      #"{"prompt":"p","model":"atelier-dem"}"#, "unknown_model", "model",
      "unknown model 'atelier-dem'; did you mean 'atelier-demo'?"
    ),
    (
      #"{"prompt":"p","mode":"paint"}"#, "unknown_mode", "mode",
      "unknown mode 'paint'; expected one of: txt2img"
    ),
  ])
  func `names the field and says what was expected`(
    _ text: String, _ code: String, _ field: String, _ message: String
  ) {
    #expect(refusal(text) == .invalid(code, message, field: field))
  }

  @Test(arguments: ["", "{", "[", #"{"prompt": "\ud800"}"#, #"{"prompt": tru}"#])
  func `answers 400 for what is no JSON`(_ text: String) {
    #expect(refusal(text)?.status == 400)
    #expect(refusal(text)?.error.code == "invalid_json")
  }

  @Test(arguments: ["[]", "1", "null", "\"p\""])
  func `answers 422 for JSON that is no object`(_ text: String) {
    #expect(refusal(text)?.status == 422)
  }

  @Test func `limits the prompt in bytes`() throws {
    _ = try resolve(#"{"prompt":"\#(String(repeating: "é", count: 2000))"}"#)
    let error = refusal(#"{"prompt":"\#(String(repeating: "é", count: 2000))a"}"#)
    #expect(error?.error.field == "prompt")
    #expect(error?.status == 422)
  }

  @Test(arguments: [
    ("\"9007199254740993\"", 9_007_199_254_740_993), ("\"7\"", 7), ("-1", 4242), ("null", 4242),
    ("\"-1\"", 4242),
  ])
  func `takes seeds as numbers and as digits`(_ seed: String, _ value: Int64) throws {
    #expect(try resolve(#"{"prompt":"p","seed":\#(seed)}"#).seed == value)
  }

  @Test(arguments: [
    "\"\"", "\"x\"", "\"1.0\"", "\"-5\"", "\"9223372036854775807\"", "\"99999999999999999999\"", "{}", "true",
  ])
  func `refuses other seeds`(_ seed: String) {
    #expect(refusal(#"{"prompt":"p","seed":\#(seed)}"#)?.error.field == "seed")
  }

  @Test func `a retry has the same fingerprint, also with a random seed`() throws {
    let offers = WorkerOffers([SampleCapabilities.worker()])
    let random = RequestResolver()
    let one = try random.resolve(Array(#"{"prompt":"p","steps":20}"#.utf8), offers: offers)
    let two = try random.resolve(Array(#"{ "steps":2e1, "prompt":"\u0070" }"#.utf8), offers: offers)
    let other = try random.resolve(Array(#"{"prompt":"p","steps":21}"#.utf8), offers: offers)
    #expect(one.fingerprint == two.fingerprint)
    #expect(one.fingerprint != other.fingerprint)
  }

  @Test func `says no worker before anything else is known, but checks the prompt first`() {
    #expect(refusal(#"{"prompt":"p"}"#, [])?.error.code == "no_worker")
    #expect(refusal(#"{"prompt":"p"}"#, [])?.retryAfterSeconds == 5)
    #expect(refusal("{}", [])?.status == 422)
  }

  @Test func `keeps to the narrowest limits of the workers with the model`() {
    var narrow = Limits()
    narrow.maxSide = 256
    let workers = [SampleCapabilities.worker(), SampleCapabilities.worker(limits: narrow)]
    #expect(refusal(#"{"prompt":"p","width":512}"#, workers)?.error.field == "width")
    #expect(refusal(#"{"prompt":"p","width":512}"#) == nil)
  }

  @Test func `takes files and styles that a worker has, and says which name is near`() throws {
    var worker = SampleCapabilities.worker()
    worker.loras = [ExtraDescription(name: "detail", sizeBytes: 1)]
    worker.vaes = [ExtraDescription(name: "soft.vae.pt", sizeBytes: 1)]
    worker.styles = [PromptStyle(name: "Oil", prompt: "oil of {prompt}", negativePrompt: "photo")]
    let made = try resolve(
      #"{"prompt":"a cat <lora:Detail:0.5>","vae":"soft","styles":["oil","Oil"],"seed_resize_from_w":512,"#
        + #""seed_resize_from_h":-1,"schedule":"karras","schedule_sigma_min":0.1,"schedule_rho":0}"#, [worker]
    )
    #expect(made.prompt == "oil of oil of a cat <lora:Detail:0.5>" && made.negativePrompt == "photo, photo")
    #expect(made.vae == "soft.vae.pt" && made.seedResizeWidth == 512 && made.seedResizeHeight == nil)
    #expect(made.scheduleSigmaMinimum == 0.1 && made.scheduleRho == nil)
    #expect(try resolve(#"{"prompt":"p","vae":"Automatic","styles":[]}"#, [worker]).vae == nil)
    for (text, code) in [
      (#"{"prompt":"<lora:detial>"}"#, "unknown_lora"), (#"{"prompt":"<hypernet:x>"}"#, "unknown_hypernet"),
      (#"{"prompt":"p","vae":"hard"}"#, "unknown_vae"),
      (#"{"prompt":"p","styles":["ink"]}"#, "unknown_style"),
      (#"{"prompt":"p","styles":"Oil"}"#, "wrong_type"), (#"{"prompt":"p","styles":[1]}"#, "wrong_type"),
      (#"{"prompt":"p","seed_resize_from_w":4096}"#, "out_of_range"),
      (#"{"prompt":"p","schedule_sigma_min":2,"schedule_sigma_max":1}"#, "out_of_range"),
    ] {
      #expect(refusal(text, [worker])?.error.code == code, "\(text)")
    }
    #expect(refusal(#"{"prompt":"<lora:detial>"}"#, [worker])?.error.message.contains("'detail'") == true)
  }
}
