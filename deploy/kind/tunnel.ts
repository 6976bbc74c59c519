import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Profile } from '../host/profile.ts'
import { NAMESPACE } from '../k8s/names.ts'
import { kubeconfigFile } from './cluster.ts'
import { usePrograms } from './programs.ts'

/** Lends a port of this machine that leads to one of the cluster's pods, which are not reachable otherwise. */
export async function throughTunnel<T>(
  profile: Profile,
  { target, port }: { target: string; port: number },
  work: (localPort: number) => Promise<T>,
): Promise<T> {
  await usePrograms()
  const kubectl = spawn(
    'kubectl',
    [
      ...['--kubeconfig', kubeconfigFile(profile), '--namespace', NAMESPACE],
      ...['port-forward', target, `:${port}`],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    return await work(await openedPort(kubectl.stdout))
  } finally {
    const ended = kubectl.exitCode === null ? once(kubectl, 'exit') : undefined
    kubectl.kill()
    await ended
  }
}

async function openedPort(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface(output)) {
    const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? []
    if (port) return Number(port)
  }
  throw new Error('kubectl port-forward ended before it listened')
}
