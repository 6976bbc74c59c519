import type { ChannelModel } from 'amqplib'
import { type Db, statement } from '../sql.ts'

/** Says again what the broker may have lost, of what was said since then. */
export type SayAgain = (since: Date) => Promise<void>

export type Memory = { db: Db; service: string; sayAgain: SayAgain }

/** Longer than messages wait for anybody, as long as somebody is paged when they wait. */
const SAY_AGAIN_MS = 3_600_000

// What was said before the first mark went out under ids that nobody can know again.
const MEET = statement(
  'broker-meet',
  `with met as (
     insert into broker_met select now() where not exists (select from broker_met)
   )
   select min(met_at) as met_at from broker_met`,
)

/**
 * Leaves a mark on the broker, an exchange that carries nothing. Where it is gone, so are messages that
 * were confirmed and not consumed yet: the outbox has no copy of them. What is said again before a crash
 * and after it is said twice, under the same ids.
 */
export async function sayAgainIfForgotten(
  model: ChannelModel,
  { db, service, sayAgain }: Memory,
): Promise<boolean> {
  const mark = `restofy.met.${service}`
  if (await exists(model, mark)) return false
  const { met_at } = (await db.query<{ met_at: Date | null }>(MEET())).rows[0]!
  if (met_at) await sayAgain(new Date(Math.max(met_at.getTime(), Date.now() - SAY_AGAIN_MS)))
  const channel = await model.createChannel()
  await channel.assertExchange(mark, 'fanout', { durable: true })
  await channel.close()
  return met_at !== null
}

/** The broker answers a question for what it does not know by closing the channel. */
async function exists(model: ChannelModel, exchange: string): Promise<boolean> {
  const channel = await model.createChannel()
  channel.on('error', () => {})
  try {
    await channel.checkExchange(exchange)
    await channel.close()
    return true
  } catch (error) {
    if ((error as { code?: number }).code === NOT_FOUND) return false
    throw error
  }
}

const NOT_FOUND = 404
