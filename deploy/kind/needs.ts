import { findOnPath } from '../host/binaries.ts'
import { command } from './command.ts'

const PROGRAMS = {
  kind: 'go install sigs.k8s.io/kind@v0.33.0, or https://kind.sigs.k8s.io',
  kubectl: 'https://kubernetes.io/docs/tasks/tools',
  pulumi: 'https://www.pulumi.com/docs/install',
}

/** Each that is not on PATH, with where it is to be had. */
export const missingPrograms = (): string[] =>
  Object.entries(PROGRAMS)
    .filter(([program]) => !findOnPath(program))
    .map(([program, where]) => `${program} (${where})`)

/** A Docker that is installed but stopped does not answer; one that hangs does not either. */
export const engineAnswers = (): Promise<boolean> =>
  command('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  )

/** Throws one sentence that names everything that is missing and where it is to be had. */
export async function assertKindPossible(): Promise<void> {
  const missing = missingPrograms()
  if (missing.length > 0) {
    throw new Error(`MODE=kind needs programs that are not on PATH: ${missing.join(', ')}`)
  }
  if (!(await engineAnswers())) {
    const how = 'start it, or install it: https://docs.docker.com/engine/install'
    throw new Error(`MODE=kind needs a Docker engine, and none answers: ${how}`)
  }
}
