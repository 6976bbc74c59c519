import { once } from 'node:events'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type UntypedHandleCall,
} from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import { rpcContract } from './contract.ts'
import { type Asked, type Door, served } from './serve-call.ts'

export type { Asked } from './serve-call.ts'

/** The methods of one gRPC service by name: one answer, or a stream of them until `leaving`. */
export type RpcHandlers = Readonly<
  Record<string, (request: unknown, asked: Asked) => Promise<object> | AsyncIterable<object>>
>

export type RpcServerDeps = Door & {
  port: number
  host: string
  /** Handlers of each service, by its full name. */
  handlers: Readonly<Record<string, RpcHandlers>>
}

export type RunningRpcServer = {
  port: number
  /** What the standard health service says from now on: send me calls. */
  ready: () => void
  /** Not serving; callers go elsewhere, calls in flight end, then all is closed. */
  drain: (delayMs?: number) => Promise<void>
}

const DRAIN_WITHIN_MS = 10_000

const OPTIONS = {
  // A connection is pinned to one instance: ageing lets new replicas get their share.
  'grpc.max_connection_age_ms': 5 * 60_000,
  'grpc.max_connection_age_grace_ms': 60_000,
  // As over HTTP: a body may have 100 kB.
  'grpc.max_receive_message_length': 100_000,
  'grpc.enable_channelz': 0,
}

/** Serves what the manifest says, beside the standard health service. */
export async function startRpcServer(deps: RpcServerDeps): Promise<RunningRpcServer> {
  const server = new Server(OPTIONS)
  const health = new HealthImplementation({ '': 'NOT_SERVING' })
  health.addToServer(server)
  for (const [service, handlers] of Object.entries(deps.handlers)) {
    const contract = rpcContract(service)
    const missing = Object.keys(contract).filter((method) => !handlers[method])
    if (missing.length > 0) throw new Error(`${service} does not serve ${missing.join(', ')}`)
    const implementation = Object.entries(contract).map(([method, { path, responseStream }]) => {
      const handler = handlers[method]!
      return [method, (responseStream ? streaming : unary)(deps, path, handler)]
    })
    server.addService(contract, Object.fromEntries(implementation))
  }
  const port = await listen(server, `${deps.host}:${deps.port}`)
  const say = (status: 'SERVING' | 'NOT_SERVING') => {
    for (const name of ['', ...Object.keys(deps.handlers)]) health.setStatus(name, status)
  }

  return {
    port,
    ready: () => say('SERVING'),
    async drain(delayMs = 0) {
      say('NOT_SERVING')
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      const limit = setTimeout(() => server.forceShutdown(), DRAIN_WITHIN_MS)
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
      clearTimeout(limit)
    },
  }
}

const listen = (server: Server, address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    )
  })

type Handler = RpcHandlers[string]

function unary(door: RpcServerDeps, path: string, handler: Handler): UntypedHandleCall {
  const serve: handleUnaryCall<object, object> = (call, answer) =>
    void served(door, path, call, async (asked) => {
      answer(null, (await handler(call.request, asked)) as object)
    }).then((failure) => failure && answer(failure))
  return serve
}

function streaming(door: RpcServerDeps, path: string, handler: Handler): UntypedHandleCall {
  const serve: handleServerStreamingCall<object, object> = (call) =>
    void served(door, path, call, async (asked) => {
      for await (const item of handler(call.request, asked) as AsyncIterable<object>) {
        // Slower than we are: wait for them rather than hold what they have not read.
        if (!call.write(item)) await once(call, 'drain', { signal: asked.signal })
      }
      // One that stops because it must is not at its end: the caller asks somebody else for the rest.
      asked.signal.throwIfAborted()
      call.end()
    }).then((failure) => failure && call.emit('error', failure))
  return serve
}
