using System.IO.Hashing;
using System.Numerics;
using System.Runtime.InteropServices;

namespace PerfLog.Metadata;

/// <summary>
/// A persistent map from topic name to topic: adding or removing one copies the few small nodes on its way and shares the
/// rest, and a lookup by a span allocates nothing. (The library's immutable dictionary finds by string only.)
/// </summary>
/// <remarks>
/// A hash-array-mapped trie: each level takes five bits of the name's hash; a node keeps an entry for each of its 32 places
/// that is taken. A slot is a topic, a deeper node, or, where all bits are used up, an array of topics of equal hash.
/// </remarks>
internal sealed class NameTrie
{
    private const int BitsPerLevel = 5;
    private const int LevelMask = (1 << BitsPerLevel) - 1;
    private const int HashBits = 32;

    public static readonly NameTrie Empty = new(0, []);

    private readonly uint _taken;
    private readonly object[] _slots;

    private NameTrie(uint taken, object[] slots)
    {
        _taken = taken;
        _slots = slots;
    }

    public TopicImage? Find(ReadOnlySpan<char> name)
    {
        uint hash = Hash(name);
        NameTrie node = this;
        for (int shift = 0; ; shift += BitsPerLevel)
        {
            uint place = PlaceOf(hash, shift);
            if ((node._taken & place) == 0) return null;
            switch (node._slots[node.SlotOf(place)])
            {
                case NameTrie deeper:
                    node = deeper;
                    break;
                case TopicImage topic:
                    return name.SequenceEqual(topic.Name) ? topic : null;
                case TopicImage[] topics:
                    return FindIn(topics, name);
            }
        }
    }

    /// <summary>The trie with the topic added, or put in the place of the one of the same name.</summary>
    public NameTrie With(TopicImage topic) => With(topic, Hash(topic.Name), 0);

    /// <summary>The trie without that name; the same one when it has none.</summary>
    public NameTrie Without(string name) => Without(name, Hash(name), 0) ?? Empty;

    public IEnumerable<TopicImage> All()
    {
        foreach (object slot in _slots)
        {
            IEnumerable<TopicImage> topics = slot switch
            {
                NameTrie deeper => deeper.All(),
                TopicImage[] several => several,
                _ => [(TopicImage)slot],
            };
            foreach (TopicImage topic in topics) yield return topic;
        }
    }

    internal static uint Hash(ReadOnlySpan<char> name) => (uint)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(name));

    private static uint PlaceOf(uint hash, int shift) => 1u << (int)((hash >> shift) & LevelMask);

    private int SlotOf(uint place) => BitOperations.PopCount(_taken & (place - 1));

    private NameTrie With(TopicImage topic, uint hash, int shift)
    {
        uint place = PlaceOf(hash, shift);
        int slot = SlotOf(place);
        if ((_taken & place) == 0) return new NameTrie(_taken | place, [.. _slots[..slot], topic, .. _slots[slot..]]);

        object merged = _slots[slot] switch
        {
            NameTrie deeper => deeper.With(topic, hash, shift + BitsPerLevel),
            TopicImage[] topics => Merge(topics, topic),
            TopicImage other when other.Name == topic.Name => topic,
            TopicImage other => Split(other, topic, hash, shift + BitsPerLevel),
            _ => throw new InvalidOperationException("A trie's slot holds something else than topics."),
        };
        return Replace(slot, merged);
    }

    private static object Split(TopicImage one, TopicImage other, uint hashOfOther, int shift) =>
        shift >= HashBits
            ? new[] { one, other }
            : Empty.With(one, Hash(one.Name), shift).With(other, hashOfOther, shift);

    private static TopicImage[] Merge(TopicImage[] topics, TopicImage topic) =>
        [.. topics.Where(present => present.Name != topic.Name), topic];

    private NameTrie? Without(string name, uint hash, int shift)
    {
        uint place = PlaceOf(hash, shift);
        if ((_taken & place) == 0) return this;
        int slot = SlotOf(place);
        object? rest = _slots[slot] switch
        {
            NameTrie deeper => deeper.Without(name, hash, shift + BitsPerLevel),
            TopicImage[] topics => Drop(topics, name),
            TopicImage topic => topic.Name == name ? null : topic,
            _ => throw new InvalidOperationException("A trie's slot holds something else than topics."),
        };
        if (ReferenceEquals(rest, _slots[slot])) return this;
        if (rest is not null) return Replace(slot, rest);
        if (_slots.Length == 1) return null;
        return new NameTrie(_taken & ~place, [.. _slots[..slot], .. _slots[(slot + 1)..]]);
    }

    private static object? Drop(TopicImage[] topics, string name)
    {
        TopicImage[] rest = [.. topics.Where(topic => topic.Name != name)];
        if (rest.Length == topics.Length) return topics;
        return rest.Length == 0 ? null : rest;
    }

    private NameTrie Replace(int slot, object content)
    {
        object[] slots = [.. _slots];
        slots[slot] = content;
        return new NameTrie(_taken, slots);
    }

    private static TopicImage? FindIn(TopicImage[] topics, ReadOnlySpan<char> name)
    {
        foreach (TopicImage topic in topics)
        {
            if (name.SequenceEqual(topic.Name)) return topic;
        }

        return null;
    }
}
