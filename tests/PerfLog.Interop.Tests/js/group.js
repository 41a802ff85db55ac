// Reads a topic with MEMBERS consumers of one group until COUNT records have come, and prints a line for each:
// member partition offset value. Then says which partitions each member had.
// Usage: node group.js BROKER TOPIC GROUP MEMBERS COUNT
const { Kafka, logLevel } = require('kafkajs')

const [broker, topic, groupId, members, count] = process.argv.slice(2)

async function main() {
  const kafka = new Kafka({ clientId: 'perflog-interop', brokers: [broker], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  let read = 0
  let finish
  const finished = new Promise(resolve => { finish = resolve })
  const consumers = []
  for (let member = 0; member < Number(members); member++) {
    const consumer = kafka.consumer({ groupId, sessionTimeout: 6000, heartbeatInterval: 500, rebalanceTimeout: 10000, maxWaitTimeInMs: 200 })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      autoCommitInterval: 200,
      eachMessage: async ({ partition, message }) => {
        console.log(`${member} ${partition} ${message.offset} ${message.value}`)
        read += 1
        if (read === Number(count)) finish()
      },
    })
    consumers.push(consumer)
  }
  await finished
  await admin.connect()
  const { groups: [group] } = await admin.describeGroups([groupId])
  console.log(`group ${group.state} ${group.protocol} ${group.members.length}`)
  await admin.disconnect()
  for (const consumer of consumers) await consumer.disconnect()
}

main().catch(error => { console.error(error); process.exit(1) })
