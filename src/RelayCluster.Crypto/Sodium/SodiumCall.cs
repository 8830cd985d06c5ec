using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RelayCluster.Crypto.Sodium;

/// <summary>What the wrappers check around a call into libsodium.</summary>
internal static class SodiumCall
{
    /// <summary>For calls that cannot fail on arguments of the right length.</summary>
    internal static void Check(int result, [CallerMemberName] string operation = "")
    {
        if (result != 0)
        {
            Fail(operation);
        }
    }

    internal static void RequireLength(
        int actual,
        int required,
        [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (actual != required)
        {
            FailLength(actual, required, what);
        }
    }

    internal static void RequireAtLeast(
        int actual,
        int required,
        [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (actual < required)
        {
            FailLength(actual, required, what);
        }
    }

    [DoesNotReturn]
    private static void Fail(string operation) =>
        throw new CryptographicException($"libsodium refused {operation}");

    [DoesNotReturn]
    private static void FailLength(int actual, int required, string what) =>
        throw new ArgumentException($"{what} must be {required}, not {actual}");
}
