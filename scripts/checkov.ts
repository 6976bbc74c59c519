import { join } from 'node:path'
import { $ } from 'zx'
import { ROOT } from '../deploy/host/profile.ts'
import { judge } from '../infra/terraform-cdk/checkov/judge.ts'
import { suppressions } from '../infra/terraform-cdk/checkov/suppressions.ts'
import { ensurePythonTool } from './python-tool.ts'

const HERE = join(ROOT, 'infra/terraform-cdk/checkov')

/** A second opinion on the same files, by people who have never seen our rules. */
export async function checkovVerdict(outdir: string): Promise<string[]> {
  const python = await ensurePythonTool('checkov', join(HERE, 'requirements.txt'))
  const run = $({ quiet: true, nothrow: true })
  const options = ['--framework', 'terraform_json', '--skip-download', '--compact', '-o', 'json']
  const result = await run`${python} -m checkov.main -d ${join(outdir, 'stacks')} ${options}`
  if (!result.stdout.startsWith('{')) throw new Error(`checkov: ${result.stderr.trim()}`)
  const { passed, suppressed, complaints } = judge(JSON.parse(result.stdout), suppressions)
  console.log(
    `  ${passed} checks passed, ${suppressed} failures excused by ${suppressions.length} suppressions`,
  )
  return complaints
}
