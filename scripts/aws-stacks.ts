import { join } from 'node:path'
import { ROOT } from '../deploy/host/profile.ts'
import { restofyApp } from '../infra/terraform-cdk/app.ts'
import type { Environment } from '../infra/terraform-cdk/environments.ts'
import { inOrder, type Needs, only, reversed } from './stack-order.ts'
import { stackDirectory, stackRun, stacksIn } from './stack-run.ts'
import { findTerraform } from './terraform.ts'

type Wanted = (stack: string) => boolean

/** An environment's stacks in its own account. */
export type Stacks = {
  /** What would change, in Terraform's words, by stack. */
  diff: (wanted: Wanted) => Promise<Map<string, string>>
  apply: (wanted: Wanted) => Promise<void>
  destroy: (wanted: Wanted) => Promise<void>
}

/** Where `cdktf` has them too: the state stack's own state is a file beside it. */
const OUTDIR = join(ROOT, 'infra/terraform-cdk/cdktf.out')

/** Stacks of one account meet the same API limits: more side by side wait for each other. */
const WIDTH = 3

/** `folder` is for Terraform's own files. */
export async function stacksOf(environment: Environment, folder: string): Promise<Stacks> {
  restofyApp({ outdir: OUTDIR, environments: [environment] }).synth()
  const run = stackRun(await findTerraform(folder))
  const needs = await stacksIn(OUTDIR)
  const each = async (order: Needs, args: string[]) => {
    const said = new Map<string, string>()
    await inOrder(order, WIDTH, async (stack) => {
      const directory = stackDirectory(OUTDIR, stack)
      await run(directory, ['init', '-reconfigure'])
      said.set(stack, await run(directory, args))
    })
    return said
  }
  return {
    diff: (wanted) => each(only(needs, wanted), ['plan', '-lock=false']),
    apply: async (wanted) => void (await each(only(needs, wanted), ['apply', '-auto-approve'])),
    destroy: async (wanted) =>
      void (await each(only(reversed(needs), wanted), ['destroy', '-auto-approve'])),
  }
}
