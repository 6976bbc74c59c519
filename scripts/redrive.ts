#!/usr/bin/env node
// Moves the dead letters of a queue back to it. DRY_RUN=1 only shows them.
// usage: node scripts/redrive.ts   (QUEUE=notification.orders DRY_RUN=1)
import amqplib from 'amqplib'
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { serverUrls } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { deadLetters, redrive } from '../services/platform/broker/redrive.ts'
import { topology } from '../services/topology.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const { QUEUE = '', DRY_RUN } = process.env

await script(profile, async () => {
  const queues = topology.map(({ queue }) => queue)
  if (!queues.includes(QUEUE)) throw new Error(`QUEUE is one of: ${queues.join(', ')}`)
  const { rabbitmq } = serverUrls(profile, await ensureSecrets(profile, services))
  const connection = await amqplib.connect(rabbitmq)
  try {
    const channel = await connection.createConfirmChannel()
    const letters = await (DRY_RUN ? deadLetters : redrive)(channel, QUEUE)
    for (const { id, name, aggregateId, error, bytes } of letters) {
      console.log(`${id}  ${name}  about ${aggregateId}  ${bytes} bytes  ${error}`)
    }
    // Closing answers only when the broker has taken the last acknowledgement.
    await channel.close()
    console.log(`${letters.length} dead letters of ${QUEUE} ${DRY_RUN ? 'found' : 'moved back'}`)
  } finally {
    await connection.close()
  }
})
