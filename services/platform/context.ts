import { AsyncLocalStorage } from 'node:async_hooks'

/** What follows a request or a message through everything it causes. */
export type Context = {
  correlationId: string
  /** When the caller stops waiting, in milliseconds since 1970: no call made on its behalf may last longer. */
  deadlineAt?: number
}

const storage = new AsyncLocalStorage<Context>()

export const inContext = <T>(context: Context, work: () => T): T => storage.run(context, work)

export const correlationId = (): string | undefined => storage.getStore()?.correlationId

export const deadlineAt = (): number | undefined => storage.getStore()?.deadlineAt
