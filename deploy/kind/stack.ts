import { mkdir, readFile } from 'node:fs/promises'
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
    const provider = new Provider('cluster', { kubeconfig: secret(kubeconfig) })
    program(release, { provider })
  }
  return LocalWorkspace.createOrSelectStack(
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
}
