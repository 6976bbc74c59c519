#!/usr/bin/env node
// Builds an environment in an emulated AWS account, proves that a second plan changes nothing, and takes it down again.
// usage: node scripts/infra-emulate.ts   (ENV=dev|staging|production)
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { $ } from 'zx'
import { hostProfile } from '../deploy/host/profile.ts'
import { ToolUnavailable } from '../deploy/host/tools.ts'
import { restofyApp } from '../infra/terraform-cdk/app.ts'
import { type Environment, environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { handOff, parseOutputs } from '../infra/terraform-cdk/hand-off.ts'
import { type Emulator, startEmulator } from './emulator.ts'
import { leftovers } from './leftovers.ts'
import { machine } from './machine.ts'
import { script, step } from './report.ts'
import { inOrder, type Needs, only, reversed } from './stack-order.ts'
import { readOutputs } from './stack-outputs.ts'
import { type Run, stackDirectory, stackRun, stacksIn } from './stack-run.ts'
import { findTerraform, type Terraform } from './terraform.ts'

/** Each Terraform starts a provider of 700 MB that thinks for seconds: more side by side are slower. */
const WIDTH = 2

/** What the emulator cannot hold, and why. */
const LEFT_OUT: Record<string, string> = {
  budget: 'moto knows neither cost anomalies nor tags of budgets',
}

/** What tests of the cluster's program look at, whatever AWS handed over. */
const CLUSTER_TESTS = ['rules', 'reach', 'schemas'].map((name) => `deploy/k8s/${name}.test.ts`)

type Row = { resources: number; apply: number; plan: number; destroy: number }

const profile = hostProfile(process.env)

await script(profile, async () => {
  // Guards against deletion are proven elsewhere; here everything must go again.
  const environment = { ...environmentNamed(process.env.ENV ?? 'dev'), protected: false }
  const folder = join(profile.dir, 'emulator', environment.name)
  await rm(folder, { recursive: true, force: true })
  const tools = await orSkip(async () => ({
    terraform: await findTerraform(folder),
    emulator: await startEmulator(folder, environment),
  }))
  if (!tools) return
  try {
    restofyApp({
      outdir: folder,
      environments: [environment],
      emulator: tools.emulator.url,
    }).synth()
    await prove(folder, environment, tools)
  } finally {
    await tools.emulator.stop()
  }
})

async function orSkip<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find()
  } catch (error) {
    if (!(error instanceof ToolUnavailable)) throw error
    console.log(`SKIPPED, nothing was proven: ${error.message}`)
    return undefined
  }
}

async function prove(
  folder: string,
  environment: Environment,
  { terraform, emulator }: { terraform: Terraform; emulator: Emulator },
): Promise<void> {
  const needs = only(await stacksIn(folder), (stack) => !LEFT_OUT[partOf(stack)])
  const rows = new Map<string, Row>()
  for (const stack of needs.keys()) rows.set(stack, { resources: 0, apply: 0, plan: 0, destroy: 0 })
  const startedAt = performance.now()
  const all = (what: 'apply' | 'plan' | 'destroy', order: Needs, work: Work) =>
    step(`${what} ${needs.size} stacks`, () =>
      inOrder(order, WIDTH, async (stack) => {
        const since = performance.now()
        await work(stackDirectory(folder, stack), rows.get(stack)!)
        rows.get(stack)![what] = (performance.now() - since) / 1_000
      }),
    )
  const run = stackRun(terraform)
  try {
    await all('apply', needs, async (directory, row) => {
      await run(directory, ['init'])
      await run(directory, ['apply', '-auto-approve'])
      row.resources = (await run(directory, ['state', 'list'])).split('\n').filter(isManaged).length
    })
    await all('plan', new Map(Array.from(needs.keys(), (stack) => [stack, []])), (directory) =>
      run(directory, ['plan', '-detailed-exitcode']),
    )
    await step('hand over to the cluster', () => handOver(folder, environment, run))
    await all('destroy', reversed(needs), async (directory) => {
      await run(directory, ['destroy', '-auto-approve'])
      const left = await run(directory, ['state', 'list'])
      if (left.trim() !== '') throw new Error(`destroyed, but still in its state: ${left}`)
    })
    await step('nothing is left in the account', () => nothingLeft(emulator, environment.name))
  } finally {
    print(rows)
    console.log(`${Math.round((performance.now() - startedAt) / 1_000)} s; ${machine()}`)
  }
}

type Work = (directory: string, row: Row) => Promise<unknown>

function partOf(stack: string): string {
  return stack.split('-')[0]!
}

function isManaged(line: string): boolean {
  return line !== '' && !line.startsWith('data.')
}

/** The real hand-off: what the stacks put out, through the schema, into the cluster program's tests. */
async function handOver(folder: string, environment: Environment, run: Run): Promise<void> {
  const outputs = parseOutputs(await readOutputs(run, folder, environment), environment)
  const file = join(folder, 'inputs.json')
  await writeFile(file, JSON.stringify(handOff(environment, outputs, 'nobody signs the emulator')))
  const env = { ...process.env, AWS_INPUTS: file }
  const result = await $({
    quiet: true,
    nothrow: true,
    env,
  })`${process.execPath} --test ${CLUSTER_TESTS}`
  if (!result.ok) throw new Error(`the cluster's program does not take ${file}:\n${result.stdout}`)
}

async function nothingLeft({ aws }: Emulator, environment: string): Promise<void> {
  const left = await leftovers(environment, aws)
  if (left.length > 0) throw new Error(`still tagged as ${environment}'s: ${left.join(', ')}`)
}

function print(rows: Map<string, Row>): void {
  const seconds = (value: number) => `${value.toFixed(0)} s`.padStart(8)
  console.log(`${'stack'.padEnd(22)}${'resources'.padStart(10)}   apply    plan destroy`)
  for (const [stack, { resources, apply, plan, destroy }] of rows) {
    const times = [apply, plan, destroy].map(seconds).join('')
    console.log(`${stack.padEnd(22)}${String(resources).padStart(10)}${times}`)
  }
  const total = Array.from(rows.values()).reduce((sum, { resources }) => sum + resources, 0)
  for (const [part, why] of Object.entries(LEFT_OUT)) console.log(`${part}: not emulated, ${why}`)
  console.log(`${'all'.padEnd(22)}${String(total).padStart(10)}`)
}
