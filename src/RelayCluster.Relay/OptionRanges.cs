using System.ComponentModel.DataAnnotations;

namespace RelayCluster.Relay;

/// <summary>The ranges that options have by their attributes.</summary>
internal static class OptionRanges
{
    /// <exception cref="ArgumentException">Options are out of their ranges; it names all of them.</exception>
    public static void Check(object options)
    {
        var faults = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true))
        {
            throw new ArgumentException(string.Join("; ", faults.Select(static fault => fault.ErrorMessage)));
        }
    }
}
