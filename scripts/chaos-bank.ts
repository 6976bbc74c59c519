#!/usr/bin/env node
// Captures and refunds money at the payment service, 32 at a time, while PostgreSQL is killed every ten
// seconds; then holds what was answered, what is kept, what was said and what the card network has against
// each other. One JSON line; exit 1 unless they agree.
// usage: make chaos BANK=50000   (SEED=1; CONTROL=no-sync answers before anything is on disk, and must
// turn red; KEEP=1 leaves the database running)
import { BankDiffers, checkBank } from './chaos/judge-bank.ts'
import { mustBeRed } from './chaos/must-be-red.ts'
import { runChaos } from './chaos/run.ts'

const { BANK, SEED = '1', CONTROL } = process.env

await runChaos(() => {
  const operations = Number(BANK)
  if (!(operations > 0))
    throw new Error(`say how many captures and refunds: BANK=50000, not ${BANK}`)
  if (CONTROL && CONTROL !== 'no-sync') throw new Error('the only CONTROL here is no-sync')
  const size = { seed: Number(SEED), operations }
  if (!CONTROL) return () => checkBank({ ...size, careless: false })
  return () => mustBeRed(CONTROL, BankDiffers, checkBank({ ...size, careless: true }))
})
