import type { Profile } from '../host/profile.ts'
import { clusterName } from './cluster.ts'
import { command } from './command.ts'

/** What the node's container holds in memory, as Docker counts it: Kubernetes, pods and their caches. */
export async function clusterMemory(profile: Profile): Promise<string> {
  const node = `${clusterName(profile)}-control-plane`
  const text = await command('docker', ['stats', '--no-stream', '--format', '{{.MemUsage}}', node])
  return text.split('/')[0]!.trim()
}
