using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Text;

namespace PerfLog.Metadata;

/// <summary>All topics, by name and by id. Immutable; a changed topic makes a new table that shares all the others.</summary>
public sealed class TopicTable : IReadOnlyCollection<TopicImage>
{
    internal static readonly TopicTable Empty = new(NameTrie.Empty, ImmutableDictionary<Uuid, TopicImage>.Empty);

    private readonly NameTrie _byName;
    private readonly ImmutableDictionary<Uuid, TopicImage> _byId;

    private TopicTable(NameTrie byName, ImmutableDictionary<Uuid, TopicImage> byId)
    {
        _byName = byName;
        _byId = byId;
    }

    public int Count => _byId.Count;

    /// <summary>The topic of that name, or null.</summary>
    public TopicImage? Find(ReadOnlySpan<char> name) => _byName.Find(name);

    /// <summary>The topic of that name as a request's bytes have it, or null.</summary>
    public TopicImage? Find(ReadOnlySpan<byte> utf8Name)
    {
        // Valid names are of ASCII, so a name that is not, or is too long, is no topic's.
        Span<char> name = stackalloc char[TopicName.LengthMax];
        if (utf8Name.Length > name.Length) return null;
        return Ascii.ToUtf16(utf8Name, name, out int letters) == OperationStatus.Done ? Find(name[..letters]) : null;
    }

    /// <summary>The topic of that id, or null.</summary>
    public TopicImage? Find(Uuid id) => _byId.GetValueOrDefault(id);

    /// <summary>In no particular order.</summary>
    public IEnumerator<TopicImage> GetEnumerator() => _byName.All().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal TopicTable With(TopicImage topic)
    {
        TopicTable others = Without(topic.Name);
        return new TopicTable(others._byName.With(topic), others._byId.SetItem(topic.Id, topic));
    }

    internal TopicTable Without(string name) =>
        Find(name) is { } topic ? new TopicTable(_byName.Without(name), _byId.Remove(topic.Id)) : this;
}
