import type { Environment } from '../infra/terraform-cdk/environments.ts'
import { MADE_BY } from '../infra/terraform-cdk/hand-off.ts'
import { type Run, stackDirectory } from './stack-run.ts'

/** The stacks that hand something over. */
export const handingOver = ({ name }: Environment): string[] =>
  Array.from(new Set(Object.values(MADE_BY)), (part) => `${part}-${name}`)

/** The outputs of all of them, by name; each has been initialised. */
export async function readOutputs(
  run: Run,
  folder: string,
  environment: Environment,
): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  for (const stack of handingOver(environment)) {
    const outputs = JSON.parse(await run(stackDirectory(folder, stack), ['output', '-json']))
    for (const [output, { value }] of Object.entries<{ value: unknown }>(outputs)) {
      all[output] = value
    }
  }
  return all
}
