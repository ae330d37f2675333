import Checkpoints
import Testing

@Suite struct ConfigurationTests {
  @Test func `absent keys have diffusers' defaults`() throws {
    let folder = try TemporaryFolder.model()
    try folder.write("vae/config.json", "{}")
    try folder.write("text_encoder/config.json", "{}")
    try folder.write("scheduler/scheduler_config.json", "{}")
    let model = try ModelFolder(path: folder.path)
    let unet = try model.unetConfig()
    #expect(unet.blockOutputChannels == [320, 640, 1280, 1280])
    #expect(unet.downBlocks == [.crossAttention, .crossAttention, .crossAttention, .plain])
    #expect(unet.layersPerBlock == [2, 2, 2, 2] && unet.attentionHeads == [8, 8, 8, 8])
    #expect(unet.crossAttentionWidth == 1280 && !unet.usesLinearProjection && unet.normGroups == 32)
    let vae = try model.vaeConfig()
    #expect(vae.scalingFactor == 0.18215 && vae.shiftFactor == 0 && vae.midBlockAttends)
    let text = try model.textEncoderConfig()
    #expect(text.block.activation == .quickGELU && text.maximumLength == 77)
    let scheduler = try model.schedulerConfig()
    #expect(scheduler.betaSchedule == .linear && scheduler.predictionType == .epsilon)
    #expect(scheduler.timestepSpacing == nil && scheduler.className == nil)
  }

  @Test func `Python's infinities are read`() throws {
    let folder = try TemporaryFolder.model(
      "scheduler/scheduler_config.json",
      #"{"lambda_min_clipped": -Infinity, "variance_type": null, "x": NaN, "steps_offset": 1}"#)
    #expect(try ModelFolder(path: folder.path).schedulerConfig().stepsOffset == 1)
  }

  @Test(arguments: [
    (#"{"_class_name": "DDIMScheduler", "steps_offset": 0, "clip_sample": true}"#, "DDIMScheduler", 1, false),
    (#"{"_class_name": "PNDMScheduler", "steps_offset": 0, "clip_sample": true}"#, "DDIMScheduler", 1, false),
    (#"{"_class_name": "DDIMScheduler"}"#, "DDIMScheduler", 1, false),
    (#"{"_class_name": "PNDMScheduler"}"#, "DDIMScheduler", 0, nil),
    (#"{"steps_offset": 2}"#, "EulerDiscreteScheduler", 1, nil),
  ])
  func `schedulers are corrected as diffusers' pipeline does`(
    text: String, sampler: String, offset: Int, clips: Bool?
  ) throws {
    let folder = try TemporaryFolder.model("scheduler/scheduler_config.json", text)
    let config = try ModelFolder(path: folder.path).schedulerConfig().corrected(for: sampler)
    #expect(config.stepsOffset == offset && config.clipsSample == clips)
  }

  @Test(arguments: [1, 4]) func `pictures have three channels`(channels: Int) throws {
    let folder = try TemporaryFolder.model(
      "vae/config.json", #"{"in_channels": \#(channels), "out_channels": \#(channels)}"#)
    let error = #expect(throws: CheckpointError.self) { try ModelFolder(path: folder.path).vaeConfig() }
    #expect(error?.description.contains("in_channels is \(channels)") == true)
  }

  @Test func `PNDM does not rescale betas`() throws {
    let folder = try TemporaryFolder.model(
      "scheduler/scheduler_config.json", #"{"rescale_betas_zero_snr": true}"#)
    let config = try ModelFolder(path: folder.path).schedulerConfig()
    #expect(config.corrected(for: "DDIMScheduler").rescalesToZeroSNR)
    #expect(!config.corrected(for: "PNDMScheduler").rescalesToZeroSNR)
  }

  @Test func `SD 2's lists are read`() throws {
    let folder = try TemporaryFolder.model(
      "unet/config.json",
      """
      {"attention_head_dim": [5, 10, 20, 20], "use_linear_projection": true, "cross_attention_dim": 1024,
       "layers_per_block": [1, 2, 2, 3], "dual_cross_attention": false, "only_cross_attention": false,
       "class_embed_type": null, "num_class_embeds": null, "sample_size": 96, "upcast_attention": true}
      """)
    let unet = try ModelFolder(path: folder.path).unetConfig()
    #expect(unet.attentionHeads == [5, 10, 20, 20] && unet.layersPerBlock == [1, 2, 2, 3])
    #expect(unet.usesLinearProjection && unet.crossAttentionWidth == 1024 && unet.sampleSize == 96)
  }

  @Test(arguments: [
    (#"{"down_block_types": ["AttnDownBlock2D"]}"#, "AttnDownBlock2D"),
    (#"{"addition_embed_type": "image"}"#, "addition_embed_type"),
    (#"{"class_embed_type": "timestep"}"#, "class_embed_type"),
    (#"{"resnet_time_scale_shift": "scale_shift"}"#, "scale_shift"),
    (#"{"mid_block_type": "UNetMidBlock2D"}"#, "UNetMidBlock2D"),
    (#"{"act_fn": "gelu"}"#, "act_fn"),
    (#"{"only_cross_attention": true}"#, "only_cross_attention"),
    (#"{"block_out_channels": [30, 640, 1280, 1280]}"#, "30"),
    (#"{"block_out_channels": []}"#, "block_out_channels"),
    (#"{"block_out_channels": [0, 1, 2, 3]}"#, "block_out_channels"),
    (#"{"block_out_channels": [4611686018427387904, 1, 1, 1]}"#, "4611686018427387904"),
    (#"{"attention_head_dim": [8, 8]}"#, "attention_head_dim"),
    (#"{"attention_head_dim": 0}"#, "attention_head_dim"),
    (#"{"norm_num_groups": 0}"#, "norm_num_groups"),
    (#"{"sample_size": 0}"#, "sample_size"),
    (#"{"sample_size": 4611686018427387904}"#, "sample_size"),
    (#"{"layers_per_block": 100000}"#, "layers_per_block"),
    (#"{"cross_attention_dim": [1, 2, 3, 4]}"#, "cross_attention_dim"),
    (#"{"_class_name": "UNet3DConditionModel"}"#, "UNet3DConditionModel"),
  ])
  func `an option this program does not have is refused by name`(json: String, named: String) throws {
    let folder = try TemporaryFolder.model("unet/config.json", json)
    let model = try ModelFolder(path: folder.path)
    let error = #expect(throws: CheckpointError.self) { try model.unetConfig() }
    #expect(error?.description.contains(named) == true)
    guard case .unsupported(file: "unet/config.json", _, _, _) = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["", "{", "[]", "null", #"{"in_channels": "4"}"#, #"{"in_channels": 1e400}"#, "\u{0}"])
  func `what is not such JSON is refused`(json: String) throws {
    let folder = try TemporaryFolder.model("unet/config.json", json)
    let model = try ModelFolder(path: folder.path)
    let error = #expect(throws: CheckpointError.self) { try model.unetConfig() }
    #expect(error?.description.hasPrefix("unet/config.json") == true)
  }

  @Test(arguments: [
    (#"{"prediction_type": "flow"}"#, "flow"), (#"{"beta_schedule": "sigmoid"}"#, "sigmoid"),
    (#"{"timestep_spacing": "odd"}"#, "odd"), (#"{"trained_betas": [0.1]}"#, "trained_betas"),
    (#"{"beta_start": 0.5, "beta_end": 0.1}"#, "beta_start"), (#"{"num_train_timesteps": 0}"#, "0"),
    (#"{"steps_offset": -1}"#, "steps_offset"),
  ])
  func `a noise schedule that is unknown is refused by name`(json: String, named: String) throws {
    let folder = try TemporaryFolder.model("scheduler/scheduler_config.json", json)
    let model = try ModelFolder(path: folder.path)
    let error = #expect(throws: CheckpointError.self) { try model.schedulerConfig() }
    #expect(error?.description.contains(named) == true)
  }

  @Test(arguments: [
    (#"{"down_block_types": ["AttnDownEncoderBlock2D"]}"#, "AttnDownEncoderBlock2D"),
    (#"{"latents_mean": [0, 0, 0, 0]}"#, "latents_mean"), (#"{"scaling_factor": 0}"#, "scaling_factor"),
    (#"{"block_out_channels": [48]}"#, "48"), (#"{"out_channels": 4}"#, "out_channels"),
  ])
  func `another autoencoder is refused by name`(json: String, named: String) throws {
    let folder = try TemporaryFolder.model("vae/config.json", json)
    let model = try ModelFolder(path: folder.path)
    let error = #expect(throws: CheckpointError.self) { try model.vaeConfig() }
    #expect(error?.description.contains(named) == true)
  }

  @Test(arguments: [
    (#"{"hidden_act": "relu"}"#, "relu"), (#"{"model_type": "t5"}"#, "t5"),
    (#"{"hidden_size": 30, "num_attention_heads": 4}"#, "30"),
    (#"{"num_hidden_layers": 0}"#, "num_hidden_layers"),
  ])
  func `another text encoder is refused by name`(json: String, named: String) throws {
    let folder = try TemporaryFolder.model("text_encoder/config.json", json)
    let model = try ModelFolder(path: folder.path)
    let error = #expect(throws: CheckpointError.self) { try model.textEncoderConfig() }
    #expect(error?.description.contains(named) == true)
  }
}
