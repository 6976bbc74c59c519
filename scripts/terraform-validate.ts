import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ToolUnavailable } from '../deploy/host/tools.ts'
import { findTerraform } from './terraform.ts'

const Validation = z.object({
  valid: z.boolean(),
  diagnostics: z.array(
    z.object({
      severity: z.enum(['error', 'warning']),
      summary: z.string(),
      detail: z.string().default(''),
      range: z.object({ filename: z.string() }).optional(),
    }),
  ),
})

/**
 * Holds every stack against the schema of the real provider, with neither account nor network. All
 * stacks are modules of one configuration: starting the provider takes longer than all they ask it.
 */
export async function validateTogether(outdir: string): Promise<string[]> {
  const together = join(outdir, 'validate')
  await mkdir(together, { recursive: true })
  const stacks = await readdir(join(outdir, 'stacks'))
  const module = Object.fromEntries(stacks.map((id) => [id, { source: `../stacks/${id}` }]))
  await writeFile(join(together, 'main.tf.json'), JSON.stringify({ module }))

  const terraform = await findTerraform(outdir)
  const init = await terraform(together, ['init', '-backend=false', '-no-color'])
  if (!init.ok) throw unavailableOr(init.stderr)
  const { stdout } = await terraform(together, ['validate', '-json'])
  const { valid, diagnostics } = Validation.parse(JSON.parse(stdout))
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (valid !== (errors.length === 0)) throw new Error('terraform validate contradicts itself')
  return errors.map(
    ({ summary, detail, range }) => `${range?.filename ?? 'terraform'}: ${summary}: ${detail}`,
  )
}

/** Without network and mirror there is no provider to ask; anything else is a mistake of ours. */
function unavailableOr(stderr: string): Error {
  const line = /Error: (.*)/.exec(stderr)?.[1] ?? stderr.trim()
  return /query available provider packages|registry service is unreachable/i.test(stderr)
    ? new ToolUnavailable(`terraform cannot get the AWS provider: ${line}`)
    : new Error(`terraform init: ${line}`)
}
