import { existsSync } from 'node:fs'
import { ownProcesses } from '../deploy/host/proc.ts'
import type { Profile } from '../deploy/host/profile.ts'
import { pm2Home } from '../deploy/host/supervisor.ts'
import { ToolUnavailable } from '../deploy/host/tools.ts'
import { kubeconfigFile } from '../deploy/kind/cluster.ts'
import { engineAnswers } from '../deploy/kind/needs.ts'
import { ensurePrograms } from '../deploy/kind/programs.ts'

export type Mode = 'host' | 'kind'

/** MODE decides; else where the platform runs already; else a cluster, where Docker answers and its tools can be had. */
export async function chosenMode(
  profile: Profile,
  asked: string | undefined,
  say: (line: string) => void = console.log,
): Promise<Mode> {
  if (asked === 'host' || asked === 'kind') return asked
  if (asked) throw new Error(`MODE must be host or kind, not ${asked}`)
  if (existsSync(kubeconfigFile(profile))) return 'kind'
  if (ownProcesses(pm2Home(profile)).length > 0 || !(await engineAnswers())) return 'host'
  try {
    await ensurePrograms(say)
    return 'kind'
  } catch (error) {
    if (!(error instanceof ToolUnavailable)) throw error
    say(`Docker answers, but a cluster needs more: ${error.message}. On the host instead`)
    return 'host'
  }
}
