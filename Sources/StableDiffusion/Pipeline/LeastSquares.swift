/// Linear least squares by the normal equations, for a handful of unknowns.
enum LeastSquares {
  /// The weights w that make inputs·w nearest to the targets; a small ridge keeps it solvable.
  static func solve(_ inputs: [[Double]], _ targets: [Double]) -> [Double] {
    let count = inputs.first?.count ?? 0
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
    for (row, target) in zip(inputs, targets) {
      for i in 0..<count {
        for j in 0..<count { matrix[i][j] += row[i] * row[j] }
        matrix[i][count] += row[i] * target
      }
    }
    for i in 0..<count { matrix[i][i] += 1e-6 }
    for i in 0..<count {
      let pivot = (i..<count).max { abs(matrix[$0][i]) < abs(matrix[$1][i]) } ?? i
      matrix.swapAt(i, pivot)
      for k in 0..<count where k != i && matrix[i][i] != 0 {
        let factor = matrix[k][i] / matrix[i][i]
        for j in i...count { matrix[k][j] -= factor * matrix[i][j] }
      }
    }
    return (0..<count).map { matrix[$0][$0] == 0 ? 0 : matrix[$0][count] / matrix[$0][$0] }
  }
}
