import { imageVariable, type ThirdParty } from '../k8s/images.ts'
import { succeeds } from './command.ts'
import { isHere } from './images.ts'

/** What a cluster of one's own runs without, when no registry has its image. */
export const OPTIONAL = [
  ...['alertmanager', 'collector', 'grafana', 'kubeStateMetrics', 'metricsServer'],
  ...['postgresExporter', 'redisExporter'],
] as const
/** What can be made here when no registry has it. */
const MADE_HERE = 'jaeger'

export type Optional = (typeof OPTIONAL)[number]

/** The images that no registry has and this machine has not either. */
export async function missingImages(images: Partial<ThirdParty>): Promise<Set<string>> {
  const found = await Promise.all(
    Object.entries(images).map(async ([name, image]) => [name, await canBeHad(image)] as const),
  )
  return new Set(found.filter(([, here]) => !here).map(([name]) => name))
}

/** Throws one sentence when the cluster cannot be without one of them; nothing has been changed yet. */
export function assertEnough(missing: ReadonlySet<string>, images: ThirdParty): void {
  const optional = new Set<string>([...OPTIONAL, MADE_HERE])
  const needed = Object.entries(images).filter(([name]) => missing.has(name) && !optional.has(name))
  if (needed.length === 0) return
  const list = needed.map(([name, image]) => `${image} (another one by ${imageVariable(name)})`)
  throw new Error(`neither Docker nor a registry has ${list.join(', ')}`)
}

/** Asks the registry only for what Docker does not hold: the node pulls that by itself. */
const canBeHad = async (image: string): Promise<boolean> =>
  (await isHere(image)) || succeeds('docker', ['manifest', 'inspect', image], { timeoutMs: 30_000 })
