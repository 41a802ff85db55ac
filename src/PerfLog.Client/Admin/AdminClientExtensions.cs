namespace PerfLog.Client.Admin;

/// <summary>The calls of an <see cref="AdminClient"/> about one item, which throw when it fails.</summary>
/// <exception cref="AdminException">The cluster refused.</exception>
public static class AdminClientExtensions
{
    /// <param name="client">The client.</param>
    extension(AdminClient client)
    {
        /// <summary>Describes a topic.</summary>
        public async Task<TopicDescription> DescribeTopicAsync(string topic, CancellationToken cancellation = default) =>
            (await client.DescribeTopicsAsync([topic], null, cancellation).ConfigureAwait(false))[topic].Value;

        /// <summary>Makes a topic.</summary>
        /// <returns>Its id; zero from brokers that have none.</returns>
        public async Task<Uuid> CreateTopicAsync(NewTopic topic, bool validateOnly = false, CancellationToken cancellation = default) =>
            (await client.CreateTopicsAsync([topic], new ChangeOptions { ValidateOnly = validateOnly }, cancellation).ConfigureAwait(false))[topic.Name].Value.Id;

        /// <summary>Deletes a topic and its records.</summary>
        public async Task DeleteTopicAsync(string topic, CancellationToken cancellation = default) =>
            (await client.DeleteTopicsAsync([topic], null, cancellation).ConfigureAwait(false)).ThrowIfAnyFailed();

        /// <summary>Adds partitions to a topic, up to <paramref name="total"/>.</summary>
        public async Task AddPartitionsAsync(string topic, int total, CancellationToken cancellation = default) =>
            (await client.CreatePartitionsAsync(new Dictionary<string, NewPartitions> { [topic] = new(total) }, null, cancellation).ConfigureAwait(false))
            .ThrowIfAnyFailed();

        /// <summary>Tells the configuration of a topic or a broker.</summary>
        public async Task<IReadOnlyList<ConfigEntry>> DescribeConfigsAsync(ConfigResource resource, CancellationToken cancellation = default) =>
            (await client.DescribeConfigsAsync([resource], null, cancellation).ConfigureAwait(false))[resource].Value;

        /// <summary>Changes single values of a configuration; the others stay. All changes are made, or none.</summary>
        public async Task AlterConfigsAsync(
            ConfigResource resource, IReadOnlyCollection<ConfigChange> changes, CancellationToken cancellation = default) =>
            (await client.IncrementalAlterConfigsAsync(
                new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> { [resource] = changes }, null, cancellation).ConfigureAwait(false))
            .ThrowIfAnyFailed();

        /// <summary>Deletes the records before an offset.</summary>
        /// <returns>The first offset that can still be read.</returns>
        public async Task<Offset> DeleteRecordsAsync(TopicPartition partition, Offset before, CancellationToken cancellation = default) =>
            (await client.DeleteRecordsAsync(new Dictionary<TopicPartition, Offset> { [partition] = before }, null, cancellation).ConfigureAwait(false))
            [partition].Value;

        /// <summary>Finds an offset of a partition: its first, its next, that of a time.</summary>
        /// <returns>The offset; none where no record is as asked.</returns>
        public async Task<FoundOffset> FindOffsetAsync(TopicPartition partition, OffsetSpec spec, CancellationToken cancellation = default) =>
            (await client.ListOffsetsAsync(new Dictionary<TopicPartition, OffsetSpec> { [partition] = spec }, null, cancellation).ConfigureAwait(false))
            [partition].Value;

        /// <summary>
        /// Tells the time of the record at an offset, or of the next one behind it where that one was compacted away.
        /// </summary>
        /// <returns>None when there is no record from there on, or it has no time.</returns>
        public async Task<TimestampMs> FindTimeAsync(TopicPartition partition, Offset offset, CancellationToken cancellation = default) =>
            (await client.FindTimesAsync(new Dictionary<TopicPartition, Offset> { [partition] = offset }, null, cancellation).ConfigureAwait(false))
            [partition].Value;

        /// <summary>Tells what lies in the log directories of a broker.</summary>
        public async Task<IReadOnlyList<LogDirDescription>> DescribeLogDirsAsync(BrokerId broker, CancellationToken cancellation = default) =>
            (await client.DescribeLogDirsAsync([broker], null, cancellation).ConfigureAwait(false))[broker].Value;

        /// <summary>Describes a group with its members, of either protocol.</summary>
        public async Task<GroupDescription> DescribeGroupAsync(string group, CancellationToken cancellation = default) =>
            (await client.DescribeGroupsAsync([group], null, cancellation).ConfigureAwait(false))[group].Value;

        /// <summary>Deletes a group without members, and all that it has committed.</summary>
        public async Task DeleteGroupAsync(string group, CancellationToken cancellation = default) =>
            (await client.DeleteGroupsAsync([group], null, cancellation).ConfigureAwait(false)).ThrowIfAnyFailed();

        /// <summary>Tells all that a group has committed, in order of topic and partition; nothing for an unknown group.</summary>
        public async Task<IReadOnlyList<GroupOffset>> ListGroupOffsetsAsync(string group, CancellationToken cancellation = default) =>
            (await client.ListGroupOffsetsAsync([group], null, cancellation).ConfigureAwait(false))[group].Value;
    }
}
