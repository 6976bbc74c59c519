#!/usr/bin/env node
// pm2's monitor of everything that runs: processes, logs, memory, CPU.
// usage: node scripts/tui.ts
import { spawnSync } from 'node:child_process'
import { hostProfile } from '../deploy/host/profile.ts'
import { pm2Command, supervisorPid } from '../deploy/host/supervisor.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)

await script(profile, async () => {
  if (!(await supervisorPid(profile))) throw new Error('nothing runs: make up')
  const { command, env } = pm2Command(profile)
  const [node, ...pm2] = command
  process.exitCode = spawnSync(node!, [...pm2, 'monit'], { env, stdio: 'inherit' }).status ?? 1
})
