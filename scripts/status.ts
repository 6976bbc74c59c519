#!/usr/bin/env node
// One line per process. Exit 1 when one of them is not online.
// usage: node scripts/status.ts
import { chalk } from 'zx'
import { treeMemory } from '../deploy/host/memory.ts'
import { commandOf, ownProcesses } from '../deploy/host/proc.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { listProcesses, pm2Home, startedProcesses } from '../deploy/host/supervisor.ts'
import { duration, megabytes } from './format.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const COLUMNS = [14, 12, 8, 24, 9, 9, 9]
const row = (cells: readonly (string | number)[]) =>
  cells.map((cell, column) => String(cell).padEnd(COLUMNS[column]!)).join(' ')

await script(profile, async () => {
  const running = new Map((await listProcesses(profile)).map((process) => [process.name, process]))
  const definitions = [
    ...(await startedProcesses(profile, 'servers')),
    ...(await startedProcesses(profile, 'services')),
  ]
  if (running.size === 0) throw new Error('nothing runs: make up')

  console.log(chalk.bold(row(['process', 'state', 'pid', 'ports', 'memory', 'restarts', 'uptime'])))
  let down = 0
  for (const { name, ports } of definitions) {
    const { pid = 0, status = 'missing', restarts = 0, startedAt = 0 } = running.get(name) ?? {}
    const state = commandOf(pid).includes('run-jaeger.ts') ? 'compiling' : status
    if (status !== 'online') down += 1
    const memory = pid ? megabytes(treeMemory([pid])) : '-'
    const uptime = pid ? duration(Date.now() - startedAt) : '-'
    const listening = ports.length > 2 ? `${ports.slice(0, 3).join(' ')}…` : ports.join(' ')
    const line = row([name, state, pid || '-', listening, memory, restarts, uptime])
    console.log(status === 'online' ? line : chalk.red(line))
  }
  const all = treeMemory(ownProcesses(pm2Home(profile)))
  console.log(`${megabytes(all)} in all, pm2 included (proportional set size)`)
  if (down > 0) throw new Error(`${down} not online: make logs S=<process>`)
})
