import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Profile } from '../deploy/host/profile.ts'
import { restofyApp } from '../infra/terraform-cdk/app.ts'
import type { Environment } from '../infra/terraform-cdk/environments.ts'
import { inOrder, type Needs, only, reversed } from './stack-order.ts'
import { handingOver, readOutputs } from './stack-outputs.ts'
import { stackDirectory, stackRun, stacksIn } from './stack-run.ts'
import { findTerraform } from './terraform.ts'

type Wanted = (stack: string) => boolean

/** An environment's stacks in its own account. */
export type Stacks = {
  /** What would change, in Terraform's words, by stack. */
  diff: (wanted: Wanted) => Promise<Map<string, string>>
  apply: (wanted: Wanted) => Promise<void>
  destroy: (wanted: Wanted) => Promise<void>
  /** What they hand over, by name. */
  outputs: () => Promise<Record<string, unknown>>
}

/** What every command about an environment writes: its stacks, Terraform's own files, its cluster's inputs. */
export const environmentFolder = ({ dir }: Profile, { name }: Environment): string =>
  join(dir, 'aws', name)

/** Stacks of one account meet the same API limits: more side by side wait for each other. */
const WIDTH = 3

/** Writes the stacks into `folder`. Their state is elsewhere: in the bucket, and that of the bucket beside app.ts. */
export async function stacksOf(environment: Environment, folder: string): Promise<Stacks> {
  await mkdir(folder, { recursive: true })
  restofyApp({ outdir: folder, environments: [environment] }).synth()
  const run = stackRun(await findTerraform(folder))
  const needs = await stacksIn(folder)
  const init = (stack: string) => run(stackDirectory(folder, stack), ['init', '-reconfigure'])
  const each = async (order: Needs, args: string[]) => {
    const said = new Map<string, string>()
    await inOrder(order, WIDTH, async (stack) => {
      await init(stack)
      said.set(stack, await run(stackDirectory(folder, stack), args))
    })
    return said
  }
  return {
    diff: (wanted) => each(only(needs, wanted), ['plan', '-lock=false']),
    apply: async (wanted) => void (await each(only(needs, wanted), ['apply', '-auto-approve'])),
    destroy: async (wanted) =>
      void (await each(only(reversed(needs), wanted), ['destroy', '-auto-approve'])),
    outputs: async () => {
      for (const stack of handingOver(environment)) await init(stack)
      return readOutputs(run, folder, environment)
    },
  }
}
