import { AsyncLocalStorage } from 'node:async_hooks'

/** What follows a request or a message through everything it causes. */
export type Context = { correlationId: string }

const storage = new AsyncLocalStorage<Context>()

export const inContext = <T>(context: Context, work: () => T): T => storage.run(context, work)

export const correlationId = (): string | undefined => storage.getStore()?.correlationId
