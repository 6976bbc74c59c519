#!/usr/bin/env node
// Remembers today's message and event schemas as agreed. Refuses when one has changed into another one.
// usage: node scripts/agree.ts
import { writeFile } from 'node:fs/promises'
import { hostProfile } from '../deploy/host/profile.ts'
import {
  breaksOf,
  MESSAGES_BASELINE,
  messageSchemas,
  readBaseline,
} from '../services/contracts/baseline.ts'
import { EVENTS_BASELINE, eventSchemas } from '../services/order/events.ts'
import { script } from './report.ts'

await script(hostProfile(process.env), async () => {
  for (const [file, today] of [
    [MESSAGES_BASELINE, messageSchemas()],
    [EVENTS_BASELINE, eventSchemas()],
  ] as const) {
    const breaks = breaksOf(readBaseline(file), today)
    if (breaks.length > 0) throw new Error(`not compatible:\n${breaks.join('\n')}`)
    await writeFile(file, `${JSON.stringify(today, null, 2)}\n`)
    console.log(`${Object.keys(today).length} schemas in ${file}`)
  }
})
