import { mkdir } from 'node:fs/promises'
import { restofyApp } from '../infra/terraform-cdk/app.ts'
import type { Environment } from '../infra/terraform-cdk/environments.ts'
import { inOrder, type Needs, only, reversed } from './stack-order.ts'
import { stackDirectory, stackRun, stacksIn } from './stack-run.ts'
import { findTerraform } from './terraform.ts'

/** An environment's stacks in its own account. */
export type Stacks = {
  /** What would change, in Terraform's words, by stack. */
  diff: () => Promise<Map<string, string>>
  apply: () => Promise<void>
  destroy: (wanted: (stack: string) => boolean) => Promise<void>
}

/** Stacks of one account meet the same API limits: more side by side wait for each other. */
const WIDTH = 3

export async function stacksOf(environment: Environment, folder: string): Promise<Stacks> {
  await mkdir(folder, { recursive: true })
  restofyApp({ outdir: folder, environments: [environment] }).synth()
  const run = stackRun(await findTerraform(folder))
  const needs = await stacksIn(folder)
  const each = (order: Needs, args: string[]) =>
    inOrder(order, WIDTH, async (stack) => {
      const directory = stackDirectory(folder, stack)
      await run(directory, ['init', '-reconfigure'])
      await run(directory, args)
    })
  return {
    diff: async () => {
      const changes = new Map<string, string>()
      await inOrder(needs, WIDTH, async (stack) => {
        const directory = stackDirectory(folder, stack)
        await run(directory, ['init', '-reconfigure'])
        changes.set(stack, await run(directory, ['plan', '-lock=false']))
      })
      return changes
    },
    apply: () => each(needs, ['apply', '-auto-approve']),
    destroy: (wanted) => each(only(reversed(needs), wanted), ['destroy', '-auto-approve']),
  }
}
