import Synchronization
import Tensors

/// Packed weights by their place and by what was added to them, so that a network that is loaded again packs only
/// what has changed.
///
/// The variant a place was last asked for is in use. The others are kept while all of them together fit
/// `spareBytes`; the least recently used goes first, before its successor is made.
public final class PackedStore: Sendable {
  private let shelves: Mutex<Shelves>

  /// An empty store that keeps at most `spareBytes` of weights that are not in use.
  public init(spareBytes: Int) { shelves = Mutex(Shelves(limit: max(spareBytes, 0))) }

  /// Sets how many bytes of weights that are not in use are kept.
  public func limit(spareBytes: Int) {
    shelves.withLock { shelves in
      shelves.limit = max(spareBytes, 0)
      shelves.evict()
    }
  }

  /// Bytes of weights that are kept and not in use.
  public var spareBytes: Int { shelves.withLock { $0.spareBytes } }

  /// The variant of a place with these changes, which is in use from now on; made unless it is here.
  func value<Value: Sendable>(
    at place: String, changes: String, bytes: (Value) -> Int, make: () throws -> Value
  ) rethrows -> Value {
    if let known = shelves.withLock({ $0.take(place, changes) }) as? Value { return known }
    let value = try make()
    let size = bytes(value)
    shelves.withLock { $0.insert(place, Shelves.Variant(changes: changes, value: value, bytes: size)) }
    return value
  }
}

/// What a store holds.
private struct Shelves {
  struct Variant {
    let changes: String
    let value: any Sendable
    let bytes: Int
    var used = 0
  }

  struct Place {
    var inUse: Variant?
    var spare: [Variant] = []
  }

  var limit: Int
  private(set) var spareBytes = 0
  private var places: [String: Place] = [:]
  private var clock = 0

  init(limit: Int) { self.limit = limit }

  /// A variant that is here, in use from now on; nil makes room for it.
  mutating func take(_ name: String, _ changes: String) -> (any Sendable)? {
    guard var place = places[name] else { return nil }
    if let inUse = place.inUse, inUse.changes == changes { return inUse.value }
    clock += 1
    if var retired = place.inUse {
      retired.used = clock
      spareBytes += retired.bytes
      place.spare.append(retired)
      place.inUse = nil
    }
    if let index = place.spare.firstIndex(where: { $0.changes == changes }) {
      let found = place.spare.remove(at: index)
      spareBytes -= found.bytes
      place.inUse = found
    }
    places[name] = place
    evict()
    return place.inUse?.value
  }

  mutating func insert(_ name: String, _ variant: Variant) {
    places[name, default: Place()].inUse = variant
  }

  /// Drops what was not used longest until the rest fits.
  mutating func evict() {
    while spareBytes > limit {
      var oldest: (name: String, index: Int, used: Int)?
      for (name, place) in places {
        for (index, variant) in place.spare.enumerated() where variant.used < oldest?.used ?? .max {
          oldest = (name, index, variant.used)
        }
      }
      guard let oldest, let dropped = places[oldest.name]?.spare.remove(at: oldest.index) else { return }
      spareBytes -= dropped.bytes
    }
  }
}
