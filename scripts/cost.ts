#!/usr/bin/env node
// What an environment costs per month, resource by resource, and what a million orders cost in it.
// usage: node scripts/cost.ts   (ENV=dev|staging|production CPU_MS=<CPU per order, default as in PERFORMANCE.md>)
import { readFileSync } from 'node:fs'
import { hostProfile } from '../deploy/host/profile.ts'
import { environmentCosts, overBudget, pricedAs } from '../infra/terraform-cdk/cost/environment.ts'
import { sum } from '../infra/terraform-cdk/cost/estimate.ts'
import { marginalUsd, ORDER_USE, perMillionUsd } from '../infra/terraform-cdk/cost/orders.ts'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { script } from './report.ts'

const RATES = [1, 20, 100]

const usd = (amount: number, digits = 0): string =>
  `$${amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`

await script(hostProfile(process.env), async () => {
  const environment = environmentNamed(process.env.ENV)
  const cpuMs = Number(process.env.CPU_MS ?? measuredCpuMs())
  if (!(cpuMs > 0)) throw new Error(`CPU_MS=${process.env.CPU_MS} is not a number of milliseconds`)

  console.log(`${pricedAs(environment)}\n`)
  const costs = environmentCosts(environment).sort((a, b) => b.monthlyUsd - a.monthlyUsd)
  for (const { resource, of, monthlyUsd, recalled } of costs) {
    const amount = `${recalled ? '~' : ''}${usd(monthlyUsd, 2)}`
    console.log(`${amount.padStart(11)}  ${resource.padEnd(44)} ${of}`)
  }
  const fixed = sum(costs)
  console.log(
    `${usd(fixed).padStart(11)}  per month, of at most ${usd(environment.monthlyBudgetUsd)}`,
  )
  const use = { ...ORDER_USE, cpuMs }
  const parts = Object.entries(marginalUsd(use)).map(([cause, cost]) => `${cause} ${usd(cost, 2)}`)
  console.log(`\na million orders at ${cpuMs} ms of CPU each: ${parts.join(', ')}`)
  for (const rate of RATES) {
    console.log(
      `${usd(perMillionUsd(fixed, rate, use), 2).padStart(11)}  per million with the above, at ${rate}/s`,
    )
  }
  console.log(
    '\n~ where the price was not read from a list: hold it against AWS’s before you rely on it. ' +
      'Not counted: traffic to the internet, growth of data, support, taxes.',
  )
  const refusal = overBudget(environment, costs)
  if (refusal) throw new Error(refusal)
})

/** The measured figure, where it is published. */
function measuredCpuMs(): string {
  const figure = /^\| CPU per settled order[^|]*\|[^|]*\|\D*([\d.]+) ms/m
  const found = figure.exec(readFileSync('PERFORMANCE.md', 'utf8'))?.[1]
  if (!found)
    throw new Error('PERFORMANCE.md has no CPU per settled order: give CPU_MS=<milliseconds>')
  return found
}
