// Reads partition 0 from OFFSET until it has COUNT records, by kafkajs's own requests and decoders, and prints a line
// for each. (Its public consumer always joins a group; the layer below it reads without one.)
// Usage: node consume.js BROKER TOPIC OFFSET COUNT
const { CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs')
const SnappyCodec = require('kafkajs-snappy')
const Cluster = require('kafkajs/src/cluster')
const { createLogger } = require('kafkajs/src/loggers')
const LoggerConsole = require('kafkajs/src/loggers/console')
const defaultSocketFactory = require('kafkajs/src/network/socketFactory')

CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
const [broker, topic, from, count] = process.argv.slice(2)

async function main() {
  const cluster = new Cluster({
    logger: createLogger({ level: logLevel.ERROR, logCreator: LoggerConsole }),
    socketFactory: defaultSocketFactory(), brokers: [broker], clientId: 'perflog-interop', connectionTimeout: 5000,
    requestTimeout: 10000, metadataMaxAge: 300000, retry: { retries: 3 }, offsets: new Map(),
  })
  await cluster.connect()
  await cluster.addTargetTopic(topic)
  const leader = await cluster.findBroker({ nodeId: cluster.findTopicPartitionMetadata(topic)[0].leader })
  let offset = Number(from)
  for (let left = Number(count); left > 0;) {
    const answer = await leader.fetch({
      maxWaitTime: 500, minBytes: 1, maxBytes: 10485760, isolationLevel: 0,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: String(offset), maxBytes: 1048576 }] }],
    })
    // A batch can start before the offset that was asked for.
    const messages = answer.responses[0].partitions[0].messages.filter(message => Number(message.offset) >= offset)
    if (messages.length === 0) throw new Error(`nothing at offset ${offset}, ${left} records are missing`)
    for (const { offset: at, key, value, headers } of messages) {
      console.log(`${at} ${key}=${value} ${headers && headers.origin}`)
      offset = Number(at) + 1
      left -= 1
    }
  }
  await cluster.disconnect()
}

main().catch(error => { console.error(error); process.exit(1) })
