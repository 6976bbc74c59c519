import type { Call } from '../manifest.ts'
import { neighbourKey, type Verifier } from './auth.ts'
import { type RpcNeighbour, rpcNeighbour } from './grpc/client.ts'
import { type RpcHandlers, type RunningRpcServer, startRpcServer } from './grpc/server.ts'
import { Problem, unavailable } from './problem.ts'
import { type Cleanup, silentLog } from './testing.ts'
import { TEST_API_KEY } from './testing-neighbour.ts'

type Serving = { principalFrom?: Verifier; leaving?: AbortSignal; port?: number }

const nobody: Verifier = async () => {
  throw new Error('this test has no tokens')
}

/** Serves gRPC on a free port until the test ends. */
export async function serveRpc(
  t: Cleanup,
  handlers: Readonly<Record<string, RpcHandlers>>,
  { principalFrom = nobody, leaving = new AbortController().signal, port = 0 }: Serving = {},
): Promise<RunningRpcServer & { target: string }> {
  const server = await startRpcServer({
    ...{ port, host: '127.0.0.1', log: silentLog, leaving, handlers, principalFrom },
    isNeighbour: neighbourKey(TEST_API_KEY),
  })
  t.after(() => server.drain())
  server.ready()
  return { ...server, target: `ipv4:127.0.0.1:${server.port}` }
}

/**
 * The one gRPC neighbour of a manifest's calls, in front of the test: it answers what is `known` under
 * the id it is asked for, 404 for the rest, and 503 while it is `down`. The client is the real one.
 */
export async function testRpcNeighbour<Known extends object>(
  t: Cleanup,
  calls: readonly Call[],
  method: string,
): Promise<{ known: Map<string, Known>; down: boolean; client: RpcNeighbour }> {
  const rules = calls.find(({ rpc }) => rpc) as (Call & { rpc: string }) | undefined
  if (!rules) throw new Error('the manifest calls nobody over gRPC')
  const known = new Map<string, Known>()
  const answer = async (request: unknown) => {
    if (state.down) throw unavailable(rules.service)
    const [id] = Object.values(request as Record<string, string>)
    const found = known.get(id!)
    if (!found) throw new Problem(404, `${rules.service}-not-found`, `no ${rules.service} ${id}`)
    return found
  }
  const { target } = await serveRpc(t, { [rules.rpc]: { [method]: answer } })
  const client = rpcNeighbour(rules, { target, apiKey: TEST_API_KEY })
  t.after(client.close)
  const state = { known, down: false, client }
  return state
}
