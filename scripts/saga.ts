#!/usr/bin/env node
import { serviceUrls } from '../deploy/host/ports.ts'
// Parked sagas; one order's saga; or has one go on (retry) or be undone (compensate).
// usage: node scripts/saga.ts   (ORDER=<order id> ACTION=retry|compensate)
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { services } from '../services/catalogue.ts'
import { order } from '../services/order/service.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const { ORDER, ACTION } = process.env

await script(profile, async () => {
  if (ACTION && !ORDER) throw new Error('usage: make saga ORDER=<order id> ACTION=retry|compensate')
  if (!ORDER) return print((await ask('/internal/sagas')).parked)
  const path = `/internal/orders/${encodeURIComponent(ORDER)}/saga`
  print([await ask(path, ACTION ? { action: ACTION } : undefined)])
})

type Answer = { parked: object[]; code: string; title: string }

async function ask(path: string, body?: object): Promise<Answer> {
  const { apiKey } = await ensureSecrets(profile, services)
  const response = await fetch(serviceUrls(order, profile)[0] + path, {
    method: body ? 'POST' : 'GET',
    headers: { 'x-api-key': apiKey, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  }).catch((cause) => {
    throw new Error('the order service does not answer: make up first', { cause })
  })
  const answer = (await response.json()) as Answer
  if (!response.ok) throw new Error(`${response.status} ${answer.code}: ${answer.title}`)
  return answer
}

function print(sagas: readonly object[]): void {
  for (const saga of sagas) console.log(JSON.stringify(saga))
  console.log(sagas.length === 0 ? 'no saga is parked' : `${sagas.length} shown`)
}
