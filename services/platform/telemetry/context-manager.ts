import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'

/**
 * Keeps the active span where Node keeps the rest of a request's context. Unlike the library's own it
 * does not replace the twelve listener methods of every request and response: that is a third of what
 * tracing costs, for listeners that run in the right context anyway or bind themselves (http/app.ts).
 */
export class AsyncContext implements ContextManager {
  #storage = new AsyncLocalStorage<Context>()

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    work: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(context, () => work.apply(thisArg as ThisParameterType<F>, args))
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function' || target instanceof EventEmitter) return target
    const manager = this
    const bound = function (this: unknown, ...args: unknown[]) {
      return manager.#storage.run(context, () => target.apply(this, args))
    }
    return bound as T
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#storage.disable()
    return this
  }
}
