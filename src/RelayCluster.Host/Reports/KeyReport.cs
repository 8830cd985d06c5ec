using RelayCluster.Wire;

namespace RelayCluster.Host.Reports;

/// <summary>A key pair.</summary>
/// <param name="PublicKey">What others connect to.</param>
/// <param name="SecretKey">The secret half in hexadecimal; null if a file has it.</param>
/// <param name="KeyFile">The file that has it; null if it is told here.</param>
internal sealed record KeyReport(Fixed32 PublicKey, string? SecretKey, string? KeyFile) : Report
{
    public override string FormatResult() => SecretKey is null
        ? PublicKey.ToString()
        : $"public key  {PublicKey}{Environment.NewLine}secret key  {SecretKey}";

    public override string? FormatRemark() =>
        KeyFile is null ? null : $"the secret key is in {KeyFile}, for your eyes only";
}
