import type { ServiceManifest } from '../../manifest.ts'
import { neighbourKey, rememberingVerifier, type TokenRules } from '../auth.ts'
import { overGrpc, type PlatformConfig } from '../config.ts'
import type { Log } from '../log.ts'
import type { RpcNeighbour } from './client.ts'
import type { RpcHandlers, RunningRpcServer } from './server.ts'

// Imported when needed: a process that neither serves nor calls gRPC is spared some 25 MB.

/** Clients for the neighbours that the manifest calls over gRPC, by the name of the service. */
export async function rpcNeighbours(
  manifest: Pick<ServiceManifest, 'calls'>,
  config: PlatformConfig,
  closings: (() => Promise<void>)[],
): Promise<Record<string, RpcNeighbour>> {
  const rules = overGrpc(manifest)
  if (rules.length === 0) return {}
  const { rpcNeighbour } = await import('./client.ts')
  const clients = rules.map((call): [string, RpcNeighbour] => {
    const target = config.targets[call.service]!
    return [call.service, rpcNeighbour(call, { target, apiKey: config.SERVICE_API_KEY })]
  })
  closings.push(async () => {
    await Promise.all(clients.map(([, client]) => client.close()))
  })
  return Object.fromEntries(clients)
}

/** Undefined for a service without `grpcPort`. */
export async function startRpc(
  { name, grpcPort }: ServiceManifest,
  { config, log, leaving }: { config: PlatformConfig; log: Log; leaving: AbortSignal },
  tokens: TokenRules,
  handlers: Readonly<Record<string, RpcHandlers>> | undefined,
): Promise<RunningRpcServer | undefined> {
  if (grpcPort === undefined || !config.ROLES.includes('http')) return undefined
  if (!handlers) throw new Error(`${name} has a grpcPort and serves nothing there`)
  const { startRpcServer } = await import('./server.ts')
  return startRpcServer({
    ...{ port: config.GRPC_PORT!, host: config.HOST, log, leaving, handlers },
    isNeighbour: neighbourKey(config.SERVICE_API_KEY),
    principalFrom: rememberingVerifier(tokens),
  })
}
