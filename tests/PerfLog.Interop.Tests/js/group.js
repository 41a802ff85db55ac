// Reads a topic with MEMBERS consumers of one group until COUNT records have come, and prints a line for each:
// member partition offset value. Then says what the group looks like, in one line for each member and one for the group.
// ASSIGNER is roundrobin, the only one that kafkajs brings, or range, one of our own. Members of kafkajs give up all that
// they have whenever their group rebalances, so that there can be no cooperative one.
// Usage: node group.js BROKER TOPIC GROUP MEMBERS COUNT [ASSIGNER]
const { Kafka, logLevel, PartitionAssigners, AssignerProtocol } = require('kafkajs')

const [broker, topic, groupId, members, count, assigner = 'roundrobin'] = process.argv.slice(2)

const range = ({ cluster }) => ({
  name: 'range',
  version: 1,
  async assign({ members, topics }) {
    const ids = members.map(member => member.memberId).sort()
    const shares = new Map(ids.map(id => [id, {}]))
    for (const name of topics) {
      const partitions = cluster.findTopicPartitionMetadata(name).map(one => one.partitionId).sort((a, b) => a - b)
      ids.forEach((id, place) => {
        const first = Math.ceil(partitions.length * place / ids.length)
        const end = Math.ceil(partitions.length * (place + 1) / ids.length)
        shares.get(id)[name] = partitions.slice(first, end)
      })
    }
    return ids.map(memberId => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 1, assignment: shares.get(memberId), userData: Buffer.alloc(0) }),
    }))
  },
  protocol({ topics }) {
    return { name: 'range', metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }) }
  },
})

async function main() {
  const kafka = new Kafka({ clientId: 'perflog-interop', brokers: [broker], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  let read = 0
  let finish
  const finished = new Promise(resolve => { finish = resolve })
  const partitionAssigners = [assigner === 'range' ? range : PartitionAssigners.roundRobin]
  const consumers = await Promise.all([...Array(Number(members)).keys()].map(async member => {
    const consumer = kafka.consumer({ groupId, partitionAssigners, sessionTimeout: 6000, heartbeatInterval: 500, rebalanceTimeout: 10000, maxWaitTimeInMs: 200 })
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
    return consumer
  }))
  await finished
  await admin.connect()
  const { groups: [group] } = await admin.describeGroups([groupId])
  for (const member of group.members) {
    const assigned = AssignerProtocol.MemberAssignment.decode(member.memberAssignment)
    console.log(`assigned ${(assigned && assigned.assignment[topic] || []).join(',')}`)
  }
  console.log(`group ${group.state} ${group.protocol} ${group.members.length}`)
  await admin.disconnect()
  await Promise.all(consumers.map(consumer => consumer.disconnect()))
}

main().catch(error => { console.error(error); process.exit(1) })
