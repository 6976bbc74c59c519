import type { Channel, ConsumeMessage } from 'amqplib'

/**
 * A message that brings its process down comes back together with all that was handed out beside it, and
 * each of them has used up one of its deliveries. What was handed out before is therefore taken one at a
 * time: quorum queues deliver it first, and the first message that is new to everybody ends the caution.
 */
export function takeCarefully(
  channel: Channel,
  { queue, prefetch }: { queue: string; prefetch: number },
  deliver: (raw: ConsumeMessage) => void,
): { begun: Promise<unknown>; stop: () => Promise<void> } {
  let careful = true
  const take = async (atOnce: number) => {
    await channel.prefetch(atOnce)
    const { consumerTag } = await channel.consume(queue, (raw) => {
      // The broker ended the consumer (its queue was deleted): the channel's end starts everything anew.
      if (!raw) return void channel.close().catch(() => {})
      if (careful && !raw.fields.redelivered) {
        careful = false
        taken = goOn()
        taken.catch(() => {}) // the channel is gone
      }
      deliver(raw)
    })
    return consumerTag
  }
  const begun = take(1)
  const goOn = async () => {
    const consumerTag = await take(prefetch)
    await channel.cancel(await begun)
    return consumerTag
  }
  let taken = begun
  return {
    begun,
    stop: async () => void (await taken.then((tag) => channel.cancel(tag)).catch(() => {})),
  }
}
