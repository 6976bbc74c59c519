import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Profile } from '../host/profile.ts'
import { NODE_PORTS } from '../k8s/node-ports.ts'
import { command } from './command.ts'

/** The gateway's port on the node; on this machine it is 3000, as in host mode. */
export const GATEWAY_NODE_PORT = 30_000
const GATEWAY_HOST_PORT = 3_000

/** State, secrets and kubeconfig of this checkout's cluster. */
export const kindFolder = ({ dir }: Profile): string => join(dir, 'kind')
export const kubeconfigFile = (profile: Profile): string => join(kindFolder(profile), 'kubeconfig')

/** Two checkouts with different ports have different clusters. */
export const clusterName = ({ offset }: Profile): string =>
  offset === 0 ? 'restofy' : `restofy-${offset}`

/** What kind makes: one node, its pages on this machine only. JSON is YAML: it is written as it stands. */
export function clusterConfig({ offset }: Profile, nodeImage?: string) {
  const doors = [
    { nodePort: GATEWAY_NODE_PORT, hostPort: GATEWAY_HOST_PORT },
    ...Object.values(NODE_PORTS),
  ]
  return {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [
      {
        role: 'control-plane',
        ...(nodeImage && { image: nodeImage }),
        extraPortMappings: doors.map(({ nodePort, hostPort }) => ({
          containerPort: nodePort,
          hostPort: hostPort + offset,
          listenAddress: '127.0.0.1',
        })),
      },
    ],
  }
}

export const hostUrl = ({ offset }: Profile, page: keyof typeof NODE_PORTS | 'gateway'): string => {
  const port = page === 'gateway' ? GATEWAY_HOST_PORT : NODE_PORTS[page].hostPort
  return `http://localhost:${port + offset}`
}

export async function clusterExists(profile: Profile): Promise<boolean> {
  const names = await command('kind', ['get', 'clusters'])
  return names.split('\n').includes(clusterName(profile))
}

/** A node image that Docker holds already, unless none: then kind fetches its own default, a gigabyte. */
async function nodeImageHere(): Promise<string | undefined> {
  const format = ['--format', '{{.Repository}}:{{.Tag}}']
  const here = await command('docker', ['image', 'ls', ...format, 'kindest/node'])
  // Newest first. kind's own default has no tag when it is here, and autoscaling by container needs 1.30.
  return here.split('\n').find((image) => /:v1\.[3-9]\d\./.test(image))
}

/** Makes the cluster unless it is there. */
export async function ensureCluster(profile: Profile, nodeImage?: string): Promise<void> {
  await mkdir(kindFolder(profile), { recursive: true, mode: 0o700 })
  const name = clusterName(profile)
  if (!(await clusterExists(profile))) {
    const image = nodeImage || (await nodeImageHere())
    const config = join(kindFolder(profile), 'cluster.json')
    await writeFile(config, JSON.stringify(clusterConfig(profile, image), null, 2))
    await command(
      'kind',
      ['create', 'cluster', '--name', name, '--config', config, '--wait', '120s'],
      {
        // The user's own kubeconfig is left as it is.
        env: { KUBECONFIG: kubeconfigFile(profile) },
      },
    )
  }
  const kubeconfig = await command('kind', ['get', 'kubeconfig', '--name', name])
  await writeFile(kubeconfigFile(profile), kubeconfig, { mode: 0o600 })
}

/** Removes the cluster, its network and what this checkout knew of it. False when there was none. */
export async function deleteCluster(profile: Profile): Promise<boolean> {
  const folder = kindFolder(profile)
  if (!existsSync(folder)) return false
  await command('kind', ['delete', 'cluster', '--name', clusterName(profile)], {
    env: { KUBECONFIG: kubeconfigFile(profile) },
  })
  // All clusters of kind share it: it stays while another one is in it.
  await command('docker', ['network', 'rm', 'kind']).catch(() => {})
  await rm(folder, { recursive: true })
  return true
}

export const kubectl = (profile: Profile, ...args: string[]): Promise<string> =>
  command('kubectl', ['--kubeconfig', kubeconfigFile(profile), ...args])
