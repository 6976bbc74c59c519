import { findOnPath } from '../host/binaries.ts'
import { command } from './command.ts'

const PROGRAMS = {
  docker: 'https://docs.docker.com/engine/install',
  kind: 'go install sigs.k8s.io/kind@v0.33.0, or https://kind.sigs.k8s.io',
  kubectl: 'https://kubernetes.io/docs/tasks/tools',
  pulumi: 'https://www.pulumi.com/docs/install',
}

/** Throws one sentence that names everything that is missing and where it is to be had. */
export async function assertKindPossible(): Promise<void> {
  const missing = Object.entries(PROGRAMS).filter(([program]) => !findOnPath(program))
  if (missing.length > 0) {
    const list = missing.map(([program, where]) => `${program} (${where})`).join(', ')
    throw new Error(`MODE=kind needs programs that are not on PATH: ${list}`)
  }
  await command('docker', ['version', '--format', '{{.Server.Version}}']).catch((cause) => {
    throw new Error('MODE=kind needs a Docker engine, and none answers: start it', { cause })
  })
}
