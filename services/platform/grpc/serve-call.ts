import { randomUUID } from 'node:crypto'
import type { Metadata, StatusObject } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { allowed, type Principal, type Role, type Verifier } from '../auth.ts'
import { inContext } from '../context.ts'
import type { Log } from '../log.ts'
import { rpcServerDuration } from '../metrics.ts'
import { Problem, unavailable } from '../problem.ts'
import { endRpcSpan, inRpcSpan } from './rpc-span.ts'
import { statusName, statusOf } from './status.ts'

export type Door = {
  log: Log
  /** True for the key of a neighbour. */
  isNeighbour: (key: string | undefined) => boolean
  principalFrom: Verifier
  /** Aborted when the process begins to drain: streams end. */
  leaving: AbortSignal
}

/** What a handler knows beside the request. */
export type Asked = {
  /** Who the neighbour asks for. Throws 401 when it did not say, 403 for other roles than these. */
  signedIn: (...roles: Role[]) => Promise<Principal>
  /** Their Authorization header, to ask further on their behalf. */
  authorization: string | undefined
  /** Aborted when nobody waits for the answer any more, or the process is about to leave. */
  signal: AbortSignal
}

type Call = {
  metadata: Metadata
  cancelled: boolean
  getDeadline: () => Date | number
  on: (event: 'cancelled', listener: () => void) => unknown
}

/**
 * Around every call: neighbours only, correlation id and trace of the caller, its deadline, one metric
 * and one log line. Answers the status of a failure, undefined when all went well.
 */
export function served(
  door: Door,
  path: string,
  call: Call,
  work: (asked: Asked) => Promise<void>,
): Promise<Partial<StatusObject> | undefined> {
  const started = performance.now()
  const { metadata } = call
  const context = {
    correlationId: textOf(metadata, 'x-correlation-id') || randomUUID(),
    deadlineAt: Number(call.getDeadline()),
  }
  return inRpcSpan(path, metadata, (span) =>
    inContext(context, async () => {
      const failure = await answer(door, call, work)
      const code = call.cancelled ? status.CANCELLED : (failure?.code ?? status.OK)
      const seconds = (performance.now() - started) / 1000
      const labels = { rpc_method: path.slice(1), rpc_grpc_status_code: statusName(code) }
      rpcServerDuration.observe(labels, seconds)
      const milliseconds = Math.round(seconds * 1e4) / 10
      door.log.info({ rpc: path, status: statusName(code), duration_ms: milliseconds }, 'rpc')
      if (code === status.INTERNAL)
        door.log.error({ err: failure?.problem.cause, rpc: path }, 'rpc')
      endRpcSpan(span, path, code, code === status.INTERNAL || code === status.UNAVAILABLE)
      return failure
    }),
  )
}

async function answer(door: Door, call: Call, work: (asked: Asked) => Promise<void>) {
  const gone = new AbortController()
  call.on('cancelled', () => gone.abort())
  const leave = () => gone.abort()
  door.leaving.addEventListener('abort', leave)
  try {
    if (!door.isNeighbour(textOf(call.metadata, 'x-api-key'))) {
      throw new Problem(401, 'unauthenticated', 'these calls are for services')
    }
    const authorization = textOf(call.metadata, 'authorization')
    await work({
      signal: gone.signal,
      authorization,
      signedIn: async (...roles) => {
        return allowed(
          authorization ? await door.principalFrom(authorization) : undefined,
          ...roles,
        )
      },
    })
    return undefined
  } catch (error) {
    return statusOf(gone.signal.aborted ? unavailable('a service that is leaving', error) : error)
  } finally {
    door.leaving.removeEventListener('abort', leave)
  }
}

const textOf = (metadata: Metadata, name: string): string | undefined =>
  metadata.get(name)[0]?.toString()
