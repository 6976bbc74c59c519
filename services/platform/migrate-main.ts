// Runs once before a service's new version does: its database, its roles, its migrations.
import { z } from 'zod'
import { readConfig } from './config.ts'
import { prepareDatabase } from './database.ts'
import { migrate } from './migrate.ts'

const env = readConfig({
  SERVICE: z.string({ error: 'is not set (whose database)' }),
  ADMIN_DATABASE_URL: z.url({ error: 'is not set (postgres://… of who may make databases)' }),
  OWNER_PASSWORD: z.string({ error: 'is not set (of the role that migrates)' }),
  APP_PASSWORD: z.string({ error: 'is not set (of the role that runs)' }),
})

await prepareDatabase(env.ADMIN_DATABASE_URL, env.SERVICE, {
  owner: env.OWNER_PASSWORD,
  app: env.APP_PASSWORD,
})
const owner = new URL(env.ADMIN_DATABASE_URL)
owner.username = `${env.SERVICE}_owner`
owner.password = env.OWNER_PASSWORD
owner.pathname = `/${env.SERVICE}`
const directory = new URL(`../${env.SERVICE}/migrations`, import.meta.url).pathname
const applied = await migrate({ databaseUrl: owner.href, directory })
process.stdout.write(`${env.SERVICE}: ${applied.join(', ') || 'up to date'}\n`)
