#!/usr/bin/env node
// One line per process. Exit 1 when one of them is not online.
// usage: node scripts/status.ts
import { existsSync } from 'node:fs'
import { chalk } from 'zx'
import type { Running } from '../deploy/host/converge.ts'
import { treeMemory } from '../deploy/host/memory.ts'
import { commandOf, ownProcesses } from '../deploy/host/proc.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { listProcesses, pm2Home, startedProcesses } from '../deploy/host/supervisor.ts'
import { kubeconfigFile } from '../deploy/kind/cluster.ts'
import { clusterMemory } from '../deploy/kind/memory.ts'
import { whatIsStuck, workloads } from '../deploy/kind/workloads.ts'
import { duration, megabytes } from './format.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const UP = ['online', 'compiling']
const COLUMNS = [14, 12, 8, 15, 9, 9, 9]
const row = (cells: readonly (string | number)[]) =>
  cells.map((cell, column) => String(cell).padEnd(COLUMNS[column]!)).join(' ')

await script(profile, async () => {
  if (existsSync(kubeconfigFile(profile))) return statusOfCluster()
  const running = new Map((await listProcesses(profile)).map((process) => [process.name, process]))
  const definitions = [
    ...(await startedProcesses(profile, 'servers')),
    ...(await startedProcesses(profile, 'services')),
  ]
  const processes = ownProcesses(pm2Home(profile))
  if (running.size === 0) {
    const orphans = `their supervisor is gone, but ${processes.length} processes still run: make up`
    throw new Error(processes.length > 0 ? orphans : 'nothing runs: make up')
  }

  console.log(chalk.bold(row(['process', 'state', 'pid', 'ports', 'memory', 'restarts', 'uptime'])))
  let down = 0
  for (const { name, ports } of definitions) {
    const process = running.get(name)
    const state = stateOf(process)
    if (!UP.includes(state)) down += 1
    const memory = process?.pid ? megabytes(treeMemory([process.pid])) : '-'
    const uptime = process?.pid ? duration(Date.now() - process.startedAt) : '-'
    const listening = ports.length > 2 ? `${ports.slice(0, 2).join(' ')} …` : ports.join(' ')
    const cells = [name, state, process?.pid || '-', listening, memory, process?.restarts ?? '-']
    const line = row([...cells, uptime])
    console.log(UP.includes(state) ? line : chalk.red(line))
  }
  console.log(`${megabytes(treeMemory(processes))} in all, pm2 included (proportional set size)`)
  if (down > 0) throw new Error(`${down} not online: make logs S=<process>`)
})

async function statusOfCluster(): Promise<void> {
  const all = await workloads(profile)
  const states = all.filter(({ kind, ready, wanted }) => kind !== 'Job' || ready < wanted)
  console.log(chalk.bold(row(['workload', 'kind', 'ready', 'image'])))
  for (const { name, kind, ready, wanted, image } of states) {
    const line = row([name.padEnd(32), kind, `${ready}/${wanted}`, image])
    console.log(ready >= wanted ? line : chalk.red(line))
  }
  console.log(`${await clusterMemory(profile)} in all, Kubernetes included`)
  const down = states.filter(({ ready, wanted }) => ready < wanted).length
  if (down > 0) throw new Error(`${down} not ready${await whatIsStuck(profile)}`)
}

function stateOf(process?: Running): string {
  if (!process) return 'missing'
  if (process.status !== 'online') return process.status
  if (commandOf(process.pid).includes('run-jaeger.ts')) return 'compiling'
  // pm2 calls what it has just started again online, also for the tenth time.
  const young = Date.now() - process.startedAt < 10_000
  return young && process.restarts > 2 ? 'crashing' : 'online'
}
