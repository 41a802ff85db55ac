using System.Text;
using FsCheck.Xunit;

namespace PerfLog.Metadata.Tests.Cluster;

public sealed class TopicTableTests
{
    /// <summary>Goal: the table agrees with a dictionary that is too plain to be wrong, and old tables never change.</summary>
    [Property(MaxTest = 50)]
    public void It_agrees_with_a_dictionary(int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<string, TopicImage>();
        TopicTable table = TopicTable.Empty;
        for (int step = 0; step < 400; step++)
        {
            string name = $"topic-{random.Next(120)}";
            TopicTable former = table;
            TopicImage? was = former.Find(name);
            if (random.Next(3) == 0)
            {
                model.Remove(name);
                table = table.Without(name);
            }
            else
            {
                model[name] = Topic(name, random);
                table = table.With(model[name]);
            }

            Assert.Same(was, former.Find(name));
        }

        AssertSame(model, table);
    }

    [Fact]
    public void Names_of_equal_hash_live_side_by_side()
    {
        var random = new Random(1);
        TopicImage[] topics = [.. CollidingNames().Select(name => Topic(name, random))];

        TopicTable both = TopicTable.Empty.With(topics[0]).With(topics[1]);
        TopicTable replaced = both.With(topics[1] with { Id = Uuid.NewRandom(random) });

        Assert.Same(topics[0], both.Find(topics[0].Name));
        Assert.Same(topics[1], both.Find(topics[1].Name));
        Assert.Equal(2, both.Count());
        Assert.Equal(2, replaced.Count());
        Assert.Null(replaced.Find(topics[1].Id));
        Assert.Null(both.Without(topics[0].Name).Find(topics[0].Name));
        Assert.Same(topics[1], both.Without(topics[0].Name).Find(topics[1].Name));
        Assert.Empty(both.Without(topics[0].Name).Without(topics[1].Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("missing")]
    [InlineData("größe")]
    public void A_name_that_is_no_topics_finds_nothing(string name)
    {
        TopicTable table = TopicTable.Empty.With(Topic("orders", new Random(1)));

        Assert.Null(table.Find(name));
        Assert.Null(table.Find(Encoding.UTF8.GetBytes(name)));
        Assert.Null(table.Find(new byte[300]));
        Assert.Null(table.Find([0xff, 0xfe]));
    }

    [Fact]
    public void A_lookup_allocates_nothing()
    {
        var random = new Random(1);
        TopicTable table = TopicTable.Empty;
        for (int topic = 0; topic < 1000; topic++) table = table.With(Topic($"topic-{topic}", random));
        byte[] name = "topic-417"u8.ToArray();
        Uuid id = table.Find("topic-417")!.Id;
        Look(table, name, id);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++) Look(table, name, id);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Look(TopicTable table, byte[] name, Uuid id)
    {
        if (table.Find(name) is null || table.Find("topic-417".AsSpan()) is null || table.Find(id) is null)
            throw new InvalidOperationException("The topic is there.");
    }

    private static void AssertSame(Dictionary<string, TopicImage> model, TopicTable table)
    {
        Assert.Equal(model.Count, table.Count);
        Assert.Equal(model.Values.OrderBy(Name), table.OrderBy(Name));
        foreach (TopicImage topic in model.Values)
        {
            Assert.Same(topic, table.Find(topic.Name));
            Assert.Same(topic, table.Find(Encoding.UTF8.GetBytes(topic.Name)));
            Assert.Same(topic, table.Find(topic.Id));
        }
    }

    private static string Name(TopicImage topic) => topic.Name;

    private static TopicImage Topic(string name, Random random) =>
        new() { Name = name, Id = Uuid.NewRandom(random), Partitions = [] };

    private static string[] CollidingNames()
    {
        var seen = new Dictionary<uint, string>();
        for (int number = 0; ; number++)
        {
            string name = $"t{number}";
            if (!seen.TryAdd(NameTrie.Hash(name), name)) return [seen[NameTrie.Hash(name)], name];
        }
    }
}
