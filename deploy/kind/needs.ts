import { succeeds } from './command.ts'
import { ensurePrograms } from './programs.ts'

/** A Docker that is installed but stopped does not answer; one that hangs does not either. */
export const engineAnswers = (): Promise<boolean> =>
  succeeds('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 })

/** Gets what a cluster needs and this machine has not; throws a sentence that says what cannot be had, and where it is. */
export async function assertKindPossible(say: (line: string) => void): Promise<void> {
  if (!(await engineAnswers())) {
    const how = 'start it, or install it: https://docs.docker.com/engine/install'
    throw new Error(`MODE=kind needs a Docker engine, and none answers: ${how}`)
  }
  await ensurePrograms(say)
}
