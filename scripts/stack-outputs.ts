import type { Environment } from '../infra/terraform-cdk/environments.ts'
import { MADE_BY } from '../infra/terraform-cdk/hand-off.ts'
import { type Run, stackDirectory } from './stack-run.ts'

/** The outputs of all stacks that hand something over, by name. */
export async function readOutputs(
  run: Run,
  folder: string,
  { name }: Environment,
): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const part of new Set(Object.values(MADE_BY))) {
    const directory = stackDirectory(folder, `${part}-${name}`)
    await run(directory, ['init', '-reconfigure'])
    const outputs = JSON.parse(await run(directory, ['output', '-json']))
    for (const [output, { value }] of Object.entries<{ value: unknown }>(outputs)) {
      all[output] = value
    }
  }
  return all
}
