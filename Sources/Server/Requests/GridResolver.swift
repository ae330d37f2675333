import Generation

/// Turns the body of `POST /api/grids` into the requests of its cells.
///
/// The body is a request with up to three members more: `x`, `y` and `z`, each `{"axis": name, "values": text}`
/// in A1111's syntax. Every cell is checked as if it had been sent alone, and all share one random seed.
struct GridResolver: Sendable {
  /// A grid and what tells it from another.
  struct Resolution: Sendable {
    /// What changes along the axes.
    var plan: GridPlan
    /// The cells' requests, in the order to make them.
    var requests: [GenerationRequest]
    /// As `RequestResolver.Resolution.fingerprint`.
    var fingerprint: String
  }

  /// Resolves one cell.
  let resolver: RequestResolver
  /// Most cells.
  let most: Int

  /// Resolves `body` against what the workers offer.
  /// - Parameter pictures: What the names in the body mean to the caller.
  func resolve(
    _ body: [UInt8], offers: WorkerOffers?, pictures: [String: PictureReference] = [:]
  ) throws(APIError) -> Resolution {
    let object = try JSONBody.object(body)
    var base = object
    for name in ["x", "y", "z"] { base.remove(name) }
    try shareSeeds(&base)
    let fields = RequestFields(base)
    let plan: GridPlan
    let (x, y, z) = (try axis("x", object), try axis("y", object), try axis("z", object))
    let (prompt, negative) = (try fields.required("prompt"), try fields.string("negative_prompt") ?? "")
    do { plan = try GridPlan(x: x, y: y, z: z, prompt: prompt, negativePrompt: negative, most: most) } catch {
      throw .invalid(error)
    }
    var requests: [GenerationRequest] = []
    for cell in plan.cells {
      var changed = base
      for (field, value) in cell.changes { changed.set(field, Self.json(value, field)) }
      requests.append(try resolver.resolve(changed, offers: offers, pictures: pictures).request)
    }
    return Resolution(
      plan: plan, requests: requests,
      fingerprint: RequestResolver.fingerprint(.array([.string("grid"), .object(object)])))
  }

  /// Cells differ by their axes alone, so what is random is drawn once.
  private func shareSeeds(_ base: inout JSONObject) throws(APIError) {
    for name in ["seed", "variation_seed"] {
      switch base[name] {
      case nil, .null, .string("-1"): break
      case .number(let number) where number.integer == -1: break
      default: continue
      }
      base.set(name, .number(JSONNumber(text: String(resolver.drawSeed()))))
    }
  }

  private func axis(
    _ name: String, _ object: JSONObject
  ) throws(APIError) -> (name: String, values: String)? {
    guard let value = object[name], value != .null else { return nil }
    guard case .object(let members) = value else {
      throw RequestFields(object).wrong(name, "an object with axis and values", value)
    }
    let fields = RequestFields(members)
    try fields.checkNames(["axis", "values"])
    return (try fields.required("axis"), try fields.required("values"))
  }

  private static func json(_ value: GridValue, _ field: String) -> JSONValue {
    switch value {
    case .integer(let number): .number(JSONNumber(text: String(number)))
    case .number(let number): .number(JSONNumber(text: String(number)))
    case .boolean(let value): .bool(value)
    case .text(let text):
      // The one field that is a list.
      field == "styles" ? .array(text.split(separator: "|").map { .string(String($0)) }) : .string(text)
    }
  }
}
