#!/usr/bin/env node
// Makes the sandbox logins and one restaurant with a menu. Harmless when they exist.
// usage: node scripts/seed.ts
import { hostProfile } from '../deploy/host/profile.ts'
import { gatewayUrl } from '../deploy/host/urls.ts'
import { script, step } from './report.ts'
import { ADMIN, DINER, OWNER, PASSWORD } from './sandbox.ts'
import { seedData } from './seed-data.ts'

const profile = hostProfile(process.env)

await script(profile, async () => {
  const restaurant = await step('seed', () => seedData(profile, gatewayUrl(profile)))
  const logins = [DINER, OWNER, ADMIN].map(({ email }) => email).join(', ')
  console.log(`restaurant ${restaurant.id}; logins ${logins}; password ${PASSWORD}`)
})
