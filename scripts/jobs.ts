#!/usr/bin/env node
// Shows the e-mails that could not be sent, with the reason; RETRY=1 has all of them tried again.
// usage: node scripts/jobs.ts   (RETRY=1)
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { ownerDatabaseUrl } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { countUnsent, failedMail, retryFailed } from '../services/notification/mail-store.ts'
import { notification } from '../services/notification/service.ts'
import { createLog } from '../services/platform/log.ts'
import { createPool } from '../services/platform/sql.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)

await script(profile, async () => {
  const secrets = await ensureSecrets(profile, services)
  const log = createLog({ service: 'jobs', level: 'warn' })
  const pool = createPool(ownerDatabaseUrl(profile, notification.name, secrets), log)
  try {
    const { pending, failed } = await countUnsent(pool)
    for (const { id, kind, dueAt, failure } of await failedMail(pool)) {
      console.log(`${dueAt.toISOString()}  ${id}  ${kind}: ${failure}`)
    }
    console.log(`${pending} mails wait to be sent, ${failed} were given up`)
    if (process.env.RETRY) console.log(`${await retryFailed(pool)} are tried again within 15 s`)
    else if (failed > 0) console.log('RETRY=1 has them tried again')
  } finally {
    await pool.end()
  }
})
