internal import CLinux

/// The calendar clock, for dates that people and other programs read; never for deadlines.
public enum WallClock {
  /// Seconds since 1970-01-01T00:00:00Z.
  public static var seconds: Int64 { clinux_unix_seconds() }
}
