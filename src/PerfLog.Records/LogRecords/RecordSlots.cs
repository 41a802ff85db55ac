using System.Runtime.InteropServices;

namespace PerfLog.Records;

/// <summary>The form of a value of fixed width inside a record, for those types whose memory is not already that form.</summary>
public interface IRecordSlot<TSelf, T>
    where TSelf : unmanaged, IRecordSlot<TSelf, T>
{
    /// <summary>The bytes of a value.</summary>
    static abstract TSelf Of(T value);

    /// <exception cref="RecordMismatchException">The bytes are no such value.</exception>
    T ToValue(string field);
}

/// <summary>A value that may be missing: a byte that is 1 when it is there, then the value.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct OptionalSlot<T>
    where T : unmanaged
{
    private byte _present;
    private T _value;

    /// <summary>The value, when there is one.</summary>
    public readonly T Value => _value;

    /// <summary>Whether there is one.</summary>
    public readonly bool HasValue => _present != 0;

    /// <summary>A value that is there.</summary>
    public static OptionalSlot<T> Of(T value) => new() { _present = 1, _value = value };

    /// <summary>A value that may be there.</summary>
    public static OptionalSlot<T> Of(T? value) => value is T present ? Of(present) : default;

    /// <summary>The value, or null.</summary>
    public readonly T? OrNull() => _present != 0 ? _value : null;
}

/// <summary>0 or 1.</summary>
public readonly struct BooleanSlot : IRecordSlot<BooleanSlot, bool>
{
    private readonly byte _value;

    private BooleanSlot(byte value) => _value = value;

    /// <inheritdoc/>
    public static BooleanSlot Of(bool value) => new(value ? (byte)1 : (byte)0);

    /// <inheritdoc/>
    public bool ToValue(string field) => _value != 0;
}

/// <summary>Low, middle and high 32 bits, then sign and scale, as <see cref="decimal.GetBits(decimal)"/> gives them.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct DecimalSlot : IRecordSlot<DecimalSlot, decimal>
{
    private const int SignAndScaleBits = unchecked((int)0x80FF_0000);
    private const int ScaleShift = 16;
    private const int ScaleMax = 28;

    private readonly int _low;
    private readonly int _middle;
    private readonly int _high;
    private readonly int _flags;

    private DecimalSlot(int low, int middle, int high, int flags) => (_low, _middle, _high, _flags) = (low, middle, high, flags);

    /// <inheritdoc/>
    public static DecimalSlot Of(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        return new DecimalSlot(bits[0], bits[1], bits[2], bits[3]);
    }

    /// <inheritdoc/>
    public decimal ToValue(string field)
    {
        int scale = (_flags >> ScaleShift) & 0xFF;
        if ((_flags & ~SignAndScaleBits) != 0 || scale > ScaleMax) throw RecordFault.Value(field, "decimal's sign and scale", _flags);
        return new decimal(_low, _middle, _high, _flags < 0, (byte)scale);
    }
}

/// <summary>Ticks since 0001-01-01, and the kind in the two highest bits: 0 unspecified, 1 UTC. A local time is written as the UTC time it is.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct DateTimeSlot : IRecordSlot<DateTimeSlot, DateTime>
{
    private const int KindShift = 62;
    private const ulong TicksMask = (1UL << KindShift) - 1;

    private readonly ulong _value;

    private DateTimeSlot(ulong value) => _value = value;

    /// <inheritdoc/>
    public static DateTimeSlot Of(DateTime value)
    {
        if (value.Kind == DateTimeKind.Local) value = value.ToUniversalTime();
        return new DateTimeSlot((ulong)value.Ticks | ((ulong)value.Kind << KindShift));
    }

    /// <inheritdoc/>
    public DateTime ToValue(string field)
    {
        ulong ticks = _value & TicksMask;
        if (ticks > (ulong)DateTime.MaxValue.Ticks || _value >> KindShift > 1) throw RecordFault.Value(field, "date", (long)_value);
        return new DateTime((long)ticks, (DateTimeKind)(_value >> KindShift));
    }
}

/// <summary>Ticks of the UTC time since 0001-01-01, then the offset from it in minutes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct DateTimeOffsetSlot : IRecordSlot<DateTimeOffsetSlot, DateTimeOffset>
{
    private const int OffsetMinutesMax = 14 * 60;

    private readonly long _utcTicks;
    private readonly short _offsetMinutes;

    private DateTimeOffsetSlot(long utcTicks, short offsetMinutes) => (_utcTicks, _offsetMinutes) = (utcTicks, offsetMinutes);

    /// <inheritdoc/>
    public static DateTimeOffsetSlot Of(DateTimeOffset value) => new(value.UtcTicks, (short)value.TotalOffsetMinutes);

    /// <inheritdoc/>
    public DateTimeOffset ToValue(string field)
    {
        long offsetTicks = _offsetMinutes * TimeSpan.TicksPerMinute;
        if (Math.Abs((int)_offsetMinutes) > OffsetMinutesMax) throw RecordFault.Value(field, "offset from UTC", _offsetMinutes);
        if ((ulong)_utcTicks > (ulong)DateTime.MaxValue.Ticks || (ulong)(_utcTicks + offsetTicks) > (ulong)DateTime.MaxValue.Ticks)
            throw RecordFault.Value(field, "date", _utcTicks);
        return new DateTimeOffset(_utcTicks + offsetTicks, new TimeSpan(offsetTicks));
    }
}

/// <summary>Days since 0001-01-01.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct DateOnlySlot : IRecordSlot<DateOnlySlot, DateOnly>
{
    private readonly int _dayNumber;

    private DateOnlySlot(int dayNumber) => _dayNumber = dayNumber;

    /// <inheritdoc/>
    public static DateOnlySlot Of(DateOnly value) => new(value.DayNumber);

    /// <inheritdoc/>
    public DateOnly ToValue(string field) => (uint)_dayNumber <= (uint)DateOnly.MaxValue.DayNumber
        ? DateOnly.FromDayNumber(_dayNumber)
        : throw RecordFault.Value(field, "day", _dayNumber);
}

/// <summary>Ticks since midnight.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct TimeOnlySlot : IRecordSlot<TimeOnlySlot, TimeOnly>
{
    private readonly long _ticks;

    private TimeOnlySlot(long ticks) => _ticks = ticks;

    /// <inheritdoc/>
    public static TimeOnlySlot Of(TimeOnly value) => new(value.Ticks);

    /// <inheritdoc/>
    public TimeOnly ToValue(string field) => (ulong)_ticks <= (ulong)TimeOnly.MaxValue.Ticks
        ? new TimeOnly(_ticks)
        : throw RecordFault.Value(field, "time of day", _ticks);
}

/// <summary>Ticks.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct TimeSpanSlot : IRecordSlot<TimeSpanSlot, TimeSpan>
{
    private readonly long _ticks;

    private TimeSpanSlot(long ticks) => _ticks = ticks;

    /// <inheritdoc/>
    public static TimeSpanSlot Of(TimeSpan value) => new(value.Ticks);

    /// <inheritdoc/>
    public TimeSpan ToValue(string field) => new(_ticks);
}
