import type { ServiceManifest } from '../../../services/manifest.ts'

/** A node of 2 vCPU and 8 GiB, less what Kubernetes and its agents keep. */
const NODE = { milliCpu: 1_700, mebibytes: 6_600 }

/** How many nodes the manifests' requests fill when every role runs one replica, or as few as its manifest says. */
export function nodesFor(
  services: readonly ServiceManifest[],
  running: 'one' | 'manifest',
): number {
  const total = { milliCpu: 0, mebibytes: 0 }
  for (const { roles, replicas, resources } of services) {
    const pods = roles.length * (running === 'one' ? 1 : replicas.min)
    total.milliCpu += pods * milli(resources.cpu)
    total.mebibytes += pods * Number.parseInt(resources.memory, 10)
  }
  return Math.max(
    Math.ceil(total.milliCpu / NODE.milliCpu),
    Math.ceil(total.mebibytes / NODE.mebibytes),
  )
}

const milli = (cpu: string): number =>
  cpu.endsWith('m') ? Number.parseInt(cpu, 10) : Number(cpu) * 1_000
