import { join } from 'node:path'
import type { MethodDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

const CONTRACTS = join(import.meta.dirname, '../../contracts')

/** Scalars that are not set arrive as proto3's defaults; `optional` ones are left out. */
const AS_OUR_CONTRACTS_SPELL_THEM = { longs: Number, enums: String, defaults: true }

export type RpcMethod = MethodDefinition<object, object>
export type RpcContract = Readonly<Record<string, RpcMethod>>

/** The methods of `restofy.<file>.v1.<Service>`, by name, from `contracts/<file>.proto`. */
export function rpcContract(service: string): RpcContract {
  const file = `${service.split('.')[1]}.proto`
  const loaded = loadSync(file, { includeDirs: [CONTRACTS], ...AS_OUR_CONTRACTS_SPELL_THEM })
  const found = loaded[service]
  if (!found || 'format' in found) throw new Error(`${file} has no service ${service}`)
  return found as unknown as RpcContract
}
