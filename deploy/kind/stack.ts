import { globSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Provider } from '@pulumi/kubernetes'
import { secret } from '@pulumi/pulumi'
import { LocalWorkspace, type Stack } from '@pulumi/pulumi/automation/index.js'
import type { Profile } from '../host/profile.ts'
import { program, type Release } from '../k8s/program.ts'
import { clusterName, kindFolder, kubeconfigFile } from './cluster.ts'
import { usePrograms } from './programs.ts'

/** The same program as `pulumi up` runs, with its state in a folder of this checkout. */
export async function openStack(profile: Profile, release: Release): Promise<Stack> {
  await usePrograms()
  const state = join(kindFolder(profile), 'pulumi')
  await mkdir(state, { recursive: true })
  const kubeconfig = await readFile(kubeconfigFile(profile), 'utf8')
  const run = async () => {
    const provider = new Provider('cluster', {
      kubeconfig: secret(kubeconfig),
      // A run that was cut short leaves objects that its state does not know; nobody else's are here.
      upsertExistingObjects: true,
    })
    program(release, { provider })
  }
  const stack = await LocalWorkspace.createOrSelectStack(
    { projectName: 'restofy', stackName: clusterName(profile), program: run },
    {
      workDir: state,
      projectSettings: { name: 'restofy', runtime: 'nodejs', backend: { url: `file://${state}` } },
      envVars: {
        // The state's only reader is who may also read the secrets beside it.
        PULUMI_CONFIG_PASSPHRASE: 'kind',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
      },
    },
  )
  if (await isLockedByDead(state)) await stack.cancel()
  return stack
}

/** A run that was killed leaves its lock, and Pulumi does not look whether its owner still lives. */
export async function isLockedByDead(state: string): Promise<boolean> {
  const files = globSync(join(state, '.pulumi/locks/**/*.json'))
  const owners = await Promise.all(
    files.map(async (file): Promise<Owner> => JSON.parse(await readFile(file, 'utf8'))),
  )
  return (
    owners.length > 0 && owners.every((owner) => owner.hostname === hostname() && isDead(owner))
  )
}

type Owner = { pid: number; hostname: string }

function isDead({ pid }: Owner): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
