/// What can be fuzzed: every parser of bytes that a stranger chooses.
enum FuzzTarget: String, CaseIterable {
  case http, websocket, frames, json, upload, png, safetensors, torch, pickle, prompt, grid, infotext

  /// Gives the bytes to the parser; a wrong answer or an overrun ends the process.
  func run(_ bytes: [UInt8]) {
    switch self {
    case .http: StreamFuzz.http(bytes)
    case .websocket: StreamFuzz.webSocket(bytes)
    case .frames: StreamFuzz.frames(bytes)
    case .json: TextFuzz.json(bytes)
    case .upload: FileFuzz.upload(bytes)
    case .png: FileFuzz.png(bytes)
    case .safetensors: FileFuzz.safetensors(bytes)
    case .torch: FileFuzz.torch(bytes)
    case .pickle: FileFuzz.pickle(bytes)
    case .prompt: TextFuzz.prompt(bytes)
    case .grid: TextFuzz.grid(bytes)
    case .infotext: TextFuzz.infotext(bytes)
    }
  }

  /// Inputs to begin with.
  var seeds: [[UInt8]] {
    switch self {
    case .http: StreamFuzz.requests.map { Array($0.utf8) }
    case .websocket: StreamFuzz.socketBytes
    case .frames: StreamFuzz.workerFrames
    case .json: TextFuzz.values.map { Array($0.utf8) }
    case .upload: FileFuzz.pictures + FileFuzz.photos
    case .png: FileFuzz.pictures
    case .safetensors: FileFuzz.tensorFiles
    case .torch, .pickle: FileFuzz.pickles
    case .prompt: TextFuzz.prompts.map { Array($0.utf8) }
    case .grid: TextFuzz.grids.map { Array($0.utf8) }
    case .infotext: TextFuzz.infotexts.map { Array($0.utf8) }
    }
  }
}
