import ArgumentParser

extension NameSpecification {
  /// Long flags, each with hyphens as command lines have it and with underscores as the API and CompVis' scripts do.
  static func spelled(_ names: String...) -> NameSpecification {
    NameSpecification(
      names.flatMap { name -> [Element] in
        let other = name.replacing("-", with: "_")
        return other == name ? [.customLong(name)] : [.customLong(name), .customLong(other)]
      })
  }
}
