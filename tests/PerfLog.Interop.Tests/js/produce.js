// Sends COUNT records to partition 0 with kafkajs and prints the base offsets it was told.
// Usage: node produce.js BROKER TOPIC CODEC ACKS COUNT [idempotent]
const { Kafka, CompressionTypes, CompressionCodecs, logLevel } = require('kafkajs')
const SnappyCodec = require('kafkajs-snappy')

CompressionCodecs[CompressionTypes.Snappy] = SnappyCodec
const [broker, topic, codec, acks, count, idempotent] = process.argv.slice(2)
const compression = { none: CompressionTypes.None, gzip: CompressionTypes.GZIP, snappy: CompressionTypes.Snappy }[codec]

async function main() {
  const kafka = new Kafka({ clientId: 'perflog-interop', brokers: [broker], logLevel: logLevel.ERROR })
  const producer = kafka.producer({ idempotent: idempotent === 'idempotent', allowAutoTopicCreation: false })
  await producer.connect()
  const messages = Array.from({ length: Number(count) }, (_, number) => ({
    partition: 0, key: `key ${number}`, value: `value ${number}`, headers: { origin: 'kafkajs' },
  }))
  const answers = await producer.send({ topic, acks: Number(acks), compression, messages })
  console.log(JSON.stringify(answers))
  await producer.disconnect()
}

main().catch(error => { console.error(error); process.exit(1) })
