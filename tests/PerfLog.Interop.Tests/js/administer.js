// Walks through kafkajs's topic administration against BROKER with TOPIC and prints what it saw as JSON.
// Usage: node administer.js BROKER TOPIC
const { Kafka, ConfigResourceTypes, logLevel } = require('kafkajs')

const [broker, topic] = process.argv.slice(2)

async function main() {
  const kafka = new Kafka({ clientId: 'perflog-interop', brokers: [broker], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  const created = await admin.createTopics({
    topics: [{ topic, numPartitions: 2, replicationFactor: 1, configEntries: [{ name: 'retention.ms', value: '4321' }] }],
  })
  const createdAgain = await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })
  await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] })
  const metadata = await admin.fetchTopicMetadata({ topics: [topic] })
  const configs = await admin.describeConfigs({
    includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic, messages: [1, 2, 3].map(number => ({ partition: 0, value: `${number}` })) })
  await producer.disconnect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
  const low = (await admin.fetchTopicOffsets(topic)).find(entry => entry.partition === 0).low
  const cluster = await admin.describeCluster()
  const listed = (await admin.listTopics()).includes(topic)
  await admin.deleteTopics({ topics: [topic] })
  const listedAfterDeletion = (await admin.listTopics()).includes(topic)
  await admin.disconnect()
  console.log(JSON.stringify({
    created, createdAgain, listed, listedAfterDeletion, low,
    partitions: metadata.topics[0].partitions.length,
    retention: configs.resources[0].configEntries.find(entry => entry.configName === 'retention.ms').configValue,
    high: offsets.find(entry => entry.partition === 0).high,
    brokers: cluster.brokers.length,
  }))
}

main().catch(error => { console.error(error); process.exit(1) })
