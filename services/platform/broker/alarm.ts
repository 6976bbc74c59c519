import { EventEmitter, once } from 'node:events'
import type { ChannelModel } from 'amqplib'

/** The broker takes nothing from anybody while it has too little memory or disk, and says so. */
export function brokerAlarm() {
  const news = new EventEmitter().setMaxListeners(0)
  let isOn = false

  function set(now: boolean): void {
    isOn = now
    if (!now) news.emit('over')
  }

  return {
    isOn: () => isOn,
    /** From now on this connection is the one that publishes. */
    watch(model: ChannelModel): void {
      set(false)
      model.on('blocked', () => set(true))
      model.on('unblocked', () => set(false))
    },
    /** Returns at the alarm's end, or when this time has passed. */
    async over(withinMs: number): Promise<void> {
      if (!isOn) return
      await once(news, 'over', { signal: AbortSignal.timeout(withinMs) }).catch(() => {})
    },
  }
}
