import { readFile } from 'node:fs/promises'
import { request } from '#platform/testing.ts'
import { servicePort } from '../deploy/host/ports.ts'
import { secretsFile } from '../deploy/host/secrets.ts'
import { acquirer } from '../services/acquirer/service.ts'
import { profile } from './stack.ts'

export type Ledger = { charges: number; capturedCents: number }

/** What the card network has really charged, asked of the network itself. */
export async function ledger(): Promise<Ledger> {
  const secrets = JSON.parse(await readFile(secretsFile(profile), 'utf8'))
  const { status, body, text } = await request(
    `http://127.0.0.1:${servicePort(acquirer, profile)}/ledger`,
    { headers: { 'x-api-key': secrets.apiKey } },
  )
  if (status !== 200) throw new Error(`ledger: ${status} ${text}`)
  return { charges: body.charges, capturedCents: body.captured }
}

export async function chargesSince(before: Ledger): Promise<Ledger> {
  const now = await ledger()
  return {
    charges: now.charges - before.charges,
    capturedCents: now.capturedCents - before.capturedCents,
  }
}
