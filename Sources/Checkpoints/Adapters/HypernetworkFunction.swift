#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The functions between a hypernetwork's layers, by AUTOMATIC1111's names: PyTorch's with their defaults, and `swish`,
/// which there is the hard one.
public enum HypernetworkFunction: String, CaseIterable, Sendable {
  case relu, leakyrelu, elu, swish, tanh, sigmoid, hardswish, silu, mish, gelu, selu, celu, relu6, softplus
  case softsign, hardsigmoid, hardtanh, logsigmoid, tanhshrink, hardshrink, softshrink

  /// The function's value.
  public func callAsFunction(_ x: Float) -> Float {
    switch self {
    case .relu: max(x, 0)
    case .leakyrelu: x >= 0 ? x : 0.01 * x
    case .elu, .celu: x > 0 ? x : expm1(x)
    case .selu: 1.050_700_987_355_480_5 * (x > 0 ? x : 1.673_263_242_354_377_2 * expm1(x))
    case .relu6: min(max(x, 0), 6)
    case .hardtanh: min(max(x, -1), 1)
    case .hardshrink: abs(x) > 0.5 ? x : 0
    case .softshrink: x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0
    case .softsign: x / (1 + abs(x))
    default: smooth(x)
    }
  }

  private func smooth(_ x: Float) -> Float {
    switch self {
    case .swish, .hardswish: x * Self.hardSigmoid(x)
    case .hardsigmoid: Self.hardSigmoid(x)
    case .sigmoid: Self.logistic(x)
    case .silu: x * Self.logistic(x)
    case .mish: x * Self.tangent(Self.logOfOnePlusExp(x))
    case .gelu: 0.5 * x * (1 + erf(x * Float(0.5).squareRoot()))
    case .softplus: Self.logOfOnePlusExp(x)
    case .logsigmoid: -Self.logOfOnePlusExp(-x)
    case .tanhshrink: x - Self.tangent(x)
    default: Self.tangent(x)
    }
  }

  private static func hardSigmoid(_ x: Float) -> Float { min(max(x / 6 + 0.5, 0), 1) }
  private static func logistic(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
  private static func logOfOnePlusExp(_ x: Float) -> Float { x > 20 ? x : log1p(exp(x)) }
  private static func tangent(_ x: Float) -> Float {
    // The case `tanh` hides the C function of that name.
    let power = expm1(-2 * abs(x))
    return (x < 0 ? -1 : 1) * (-power / (power + 2))
  }
}
