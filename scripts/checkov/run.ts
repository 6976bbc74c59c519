import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { $, chalk } from 'zx'
import type { Manifest } from '../../deploy/k8s/manifests.ts'
import { ensurePythonTool } from '../python-tool.ts'
import { judge, type Verdict } from './judge.ts'
import { kubernetesSuppressions } from './kubernetes-suppressions.ts'
import type { Suppression } from './suppression.ts'
import { terraformSuppressions } from './terraform-suppressions.ts'

type Framework = 'terraform_json' | 'kubernetes'

/** A second opinion on the same stacks, by people who have never seen our rules. */
export const checkovOnStacks = (outdir: string): Promise<string[]> =>
  complaints('terraform_json', join(outdir, 'stacks'), terraformSuppressions)

/** The same of what the cluster would run, in each environment. */
export const checkovOnManifests = (
  environments: Readonly<Record<string, readonly Manifest[]>>,
): Promise<string[]> =>
  inFiles(environments, (folder) => complaints('kubernetes', folder, kubernetesSuppressions))

async function complaints(
  framework: Framework,
  folder: string,
  suppressions: readonly Suppression[],
): Promise<string[]> {
  const verdict = await opinion(framework, folder, suppressions)
  const { passed, suppressed } = verdict
  const excuses = `${suppressed} failures excused by ${suppressions.length} suppressions`
  console.log(chalk.dim(`  ${passed} checks passed, ${excuses}`))
  return verdict.complaints
}

export async function opinion(
  framework: Framework,
  folder: string,
  suppressions: readonly Suppression[],
): Promise<Verdict> {
  const python = await ensurePythonTool('checkov')
  const run = $({ quiet: true, nothrow: true })
  const options = ['--framework', framework, '--skip-download', '--compact', '-o', 'json']
  const result = await run`${python} -m checkov.main -d ${folder} ${options}`
  if (!result.stdout.startsWith('{')) throw new Error(`checkov: ${result.stderr.trim()}`)
  return judge(JSON.parse(result.stdout), suppressions)
}

/** A folder per environment, a file per object, named as suppressions name them. */
export async function inFiles<T>(
  environments: Readonly<Record<string, readonly Manifest[]>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'restofy-manifests-'))
  try {
    for (const [environment, manifests] of Object.entries(environments)) {
      for (const manifest of manifests) {
        const { namespace = 'cluster', name } = manifest.metadata
        const file = `${environment}.${namespace}.${manifest.kind}.${name}.json`
        await writeFile(join(folder, file), JSON.stringify(manifest), { flag: 'wx' })
      }
    }
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}
