import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import type { Call } from '../../manifest.ts'
import { correlationId, deadlineAt } from '../context.ts'
import { rpcClientDuration } from '../metrics.ts'
import { policies } from '../policies.ts'
import { type Problem, unavailable } from '../problem.ts'
import { type RpcMethod, rpcContract } from './contract.ts'
import { endRpcSpan, startClientSpan } from './rpc-span.ts'
import { refusalOf, statusName } from './status.ts'

export type RpcOptions = {
  /** The Authorization header of the person it is asked for. */
  authorization?: string
  /** Not idempotent: never tried twice. */
  once?: boolean
}
export type WatchOptions = Pick<RpcOptions, 'authorization'> & { signal: AbortSignal }

export type RpcNeighbour = {
  /** The answer. Throws the problem the neighbour answered, or 503 `unavailable` when none came. */
  call: (method: string, request: object, options?: RpcOptions) => Promise<unknown>
  /**
   * A stream, until it ends or the signal aborts it. Throws like `call`. It is not tried again here:
   * only the caller knows where it stood.
   */
  watch: (method: string, request: object, options: WatchOptions) => AsyncIterable<unknown>
  close: () => Promise<void>
}

const CHANNEL = {
  // Each call goes to the next instance that is connected; one that is gone is left out.
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // Without a connection calls fail at once. By default it is two minutes before one is tried again.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // An instance that leaves says so, and names are looked up again: by default not before 30 s are over,
  // in which calls would go to addresses that nobody has any more.
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
  // A peer that vanished without a word (a machine lost, a process stopped) is noticed in 12 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 2_000,
  // Retries are ours (policies.ts), and so are the statistics.
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
}

/** Where calls go, and what each of them takes along. */
type Wire = { client: Client; service: string; timeoutMs: number; apiKey: string }
type Outcome = { answer: unknown } | { refusal: Problem }

/**
 * A client for the gRPC service that `rules.rpc` names. `target` is spelt as gRPC does:
 * `dns:///order:4001`, `ipv4:127.0.0.1:4001,127.0.0.1:4101`.
 */
export function rpcNeighbour(
  rules: Call & { rpc: string },
  { target, apiKey }: { target: string; apiKey: string },
): RpcNeighbour {
  const contract = rpcContract(rules.rpc)
  const client = new Client(target, credentials.createInsecure(), CHANNEL)
  const wire: Wire = { client, apiKey, service: rules.service, timeoutMs: rules.timeoutMs }
  const { patient, single } = policies(rules)
  const methodOf = (name: string): RpcMethod => {
    const method = contract[name]
    if (!method) throw new Error(`${rules.rpc} has no ${name}`)
    return method
  }

  return {
    async call(name, request, { authorization, once } = {}) {
      const method = methodOf(name)
      const outcome = await (once ? single : patient)
        .execute(({ signal }) => attempt(wire, method, request, { authorization, signal }))
        .catch((error) => {
          throw unavailable(rules.service, error)
        })
      if ('refusal' in outcome) throw outcome.refusal
      return outcome.answer
    },
    watch: (name, request, options) => watch(wire, methodOf(name), request, options),
    close: async () => client.close(),
  }
}

/** One try. A refusal is an answer: neither tried again nor counted against the neighbour. */
function attempt(
  wire: Wire,
  method: RpcMethod,
  request: object,
  { authorization, signal }: WatchOptions,
): Promise<Outcome> {
  const { metadata, observe } = begin(wire, method, authorization)
  const { path, requestSerialize, responseDeserialize } = method
  const deadline = Math.min(Date.now() + wire.timeoutMs, deadlineAt() ?? Number.POSITIVE_INFINITY)
  return new Promise((resolve, reject) => {
    const call = wire.client.makeUnaryRequest(
      ...([path, requestSerialize, responseDeserialize, request, metadata] as const),
      { deadline },
      (error, answer) => {
        signal.removeEventListener('abort', cancel)
        const refusal = error ? refusalOf(error) : undefined
        observe(error, Boolean(refusal))
        if (refusal) resolve({ refusal })
        else if (error) reject(error)
        else resolve({ answer })
      },
    )
    const cancel = () => call.cancel()
    signal.addEventListener('abort', cancel)
  })
}

async function* watch(
  wire: Wire,
  method: RpcMethod,
  request: object,
  { authorization, signal }: WatchOptions,
): AsyncIterable<unknown> {
  const { metadata, observe } = begin(wire, method, authorization)
  const { path, requestSerialize, responseDeserialize } = method
  const stream = wire.client.makeServerStreamRequest(
    ...([path, requestSerialize, responseDeserialize, request, metadata] as const),
  )
  const cancel = () => stream.cancel()
  signal.addEventListener('abort', cancel)
  let failure: ServiceError | undefined
  try {
    yield* stream
  } catch (error) {
    failure = error as ServiceError
    if (!signal.aborted) throw refusalOf(failure) ?? unavailable(wire.service, failure)
  } finally {
    // Also where whoever reads the stream has had enough of it.
    signal.removeEventListener('abort', cancel)
    stream.cancel()
    observe(failure, signal.aborted || Boolean(failure && refusalOf(failure)))
  }
}

function begin({ apiKey, service }: Wire, { path }: RpcMethod, authorization?: string) {
  const started = performance.now()
  const metadata = new Metadata()
  metadata.set('x-api-key', apiKey)
  metadata.set('x-correlation-id', correlationId() ?? '')
  if (authorization) metadata.set('authorization', authorization)
  const span = startClientSpan(path, metadata)
  return {
    metadata,
    observe(error?: Pick<ServiceError, 'code'> | null, expected = false) {
      const code = error?.code ?? 0
      endRpcSpan(span, path, code, Boolean(error) && !expected)
      rpcClientDuration.observe(
        { server_address: service, rpc_method: path.slice(1), outcome: statusName(code) },
        (performance.now() - started) / 1000,
      )
    },
  }
}
