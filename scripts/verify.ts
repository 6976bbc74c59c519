#!/usr/bin/env node
// Reads every database, the card network's ledger and the queues of the running platform, and prints
// one JSON verdict. Exit 1 when it is red. Work that is still under way is waited for.
// usage: node scripts/verify.ts   (WAIT=30 seconds, HISTORY=<file> of a chaos campaign)
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { supervisorPid } from '../deploy/host/supervisor.ts'
import { services } from '../services/catalogue.ts'
import { readWitness } from './chaos/history.ts'
import { script } from './report.ts'
import { settledVerdict } from './verify/settle.ts'

const profile = hostProfile(process.env)
const { WAIT = '30', HISTORY } = process.env

await script(profile, async () => {
  if (!(await supervisorPid(profile))) throw new Error('nothing runs: make up first')
  const secrets = await ensureSecrets(profile, services)
  const { verdict } = await settledVerdict(
    { profile, secrets },
    { withinMs: Number(WAIT) * 1_000, witness: HISTORY ? readWitness(HISTORY) : undefined },
  )
  console.log(JSON.stringify(verdict, null, 2))
  if (verdict.verdict === 'red') throw new Error('the verdict is red')
})
