using System.Reflection;
using System.Runtime.InteropServices;

namespace RelayCluster.Crypto.Sodium;

/// <summary>
/// Finds libsodium on the machine and starts it. Everything in this assembly does so by itself at its first call; a
/// program calls <see cref="EnsureLoaded"/> to learn at its start, and not in its first connection, that it is missing.
/// </summary>
public static class Libsodium
{
    // 23 is the soname of 1.0.18 (Debian, Ubuntu), 26 that of 1.0.19 and later; the bare name is for other systems.
    private static readonly string[] Names = ["libsodium.so.23", "libsodium.so.26", "libsodium"];

    private static readonly Lazy<nint> Handle = new(() => Load(Names));

    /// <summary>Loads the library, once.</summary>
    /// <exception cref="LibsodiumMissingException">It is not installed.</exception>
    public static void EnsureLoaded() => _ = Handle.Value;

    internal static nint Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath) =>
        libraryName == NativeMethods.Library ? Handle.Value : 0;

    internal static unsafe nint Load(ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(Libsodium).Assembly, searchPath: null, out nint handle))
            {
                // It chooses the processor's fastest code; nothing else may be called before. Here is before.
                var initialize = (delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(handle, "sodium_init");
                return initialize() >= 0
                    ? handle
                    : throw new LibsodiumMissingException("libsodium was found but does not start (sodium_init)");
            }
        }

        throw new LibsodiumMissingException();
    }
}
