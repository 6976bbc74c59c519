#!/usr/bin/env node
// Measures what observing one HTTP hop costs: CPU microseconds per request of a process that does
// nothing else, with telemetry and without. It needs nothing that runs.
// usage: node scripts/bench-telemetry.ts   (ROUNDS=5 REQUESTS=20000 ONLY=full,bare)
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostProfile } from '../deploy/host/profile.ts'
import { machine } from './machine.ts'
import { script } from './report.ts'
import { discardingSink, measureHop, type Variant } from './telemetry-cost.ts'

/** Metrics, one log line and tracing of every request together, over Express with its JSON parser. */
const PROMISED_MICROS = 60

const VARIANTS: Record<string, Variant> = {
  bare: { title: 'Express, unobserved', hop: 'bare' },
  tracing: { title: 'tracing only, every request', hop: 'traced', sampled: 1 },
  untraced: { title: 'platform app: metrics, log line', hop: 'platform' },
  sampled: { title: 'platform app, traced 5 %', hop: 'platform', sampled: 0.05 },
  full: { title: 'platform app, traced 100 %', hop: 'platform', sampled: 1 },
}

const profile = hostProfile(process.env)

/** Interleaved rounds, each in fresh processes: a busy moment then touches every variant alike. */
async function benchTelemetry(): Promise<void> {
  const { ROUNDS = '5', REQUESTS = '20000', ONLY } = process.env
  const chosen = Object.entries(VARIANTS).filter(
    ([name]) => !ONLY || ONLY.split(',').includes(name),
  )
  const rounds = new Map<string, number[]>(chosen.map(([name]) => [name, []]))
  const folder = await mkdtemp(join(tmpdir(), 'restofy-bench-'))
  const sink = await discardingSink()
  try {
    for (let round = 1; round <= Number(ROUNDS); round++) {
      for (const [name, variant] of chosen) {
        const micros = await measureHop(variant, {
          requests: Number(REQUESTS),
          logFile: join(folder, 'hop.log'),
          otlp: sink.url,
        })
        rounds.get(name)!.push(micros)
      }
      console.log(`round ${round} of ${ROUNDS}`)
    }
  } finally {
    sink.close()
    await rm(folder, { recursive: true })
  }
  await report(rounds, Number(REQUESTS))
}

async function report(rounds: ReadonlyMap<string, number[]>, requests: number): Promise<void> {
  const figures = [...rounds].map(([name, micros]) => ({
    name,
    min: Math.min(...micros),
    median: micros.toSorted((a, b) => a - b)[Math.floor(micros.length / 2)]!,
    rounds: micros,
  }))
  const bare = figures.find(({ name }) => name === 'bare')
  const cell = (micros: number) => micros.toFixed(1)
  console.log('\n| one HTTP hop, CPU µs per request | min | median | over bare, min | median |')
  console.log('| --- | --- | --- | --- | --- |')
  for (const { name, min, median } of figures) {
    const over = bare ? [min - bare.min, median - bare.median].map(cell) : ['', '']
    console.log(`| ${[VARIANTS[name]!.title, cell(min), cell(median), ...over].join(' | ')} |`)
  }
  console.log(`\n${requests} requests a round, 32 connections; ${machine()}`)
  const full = figures.find(({ name }) => name === 'full')
  const perHop = full && bare && full.min - bare.min
  if (perHop !== undefined) {
    const kept = perHop <= PROMISED_MICROS ? 'kept' : 'NOT kept'
    console.log(`per hop: ${cell(perHop)} µs, promised at most ${PROMISED_MICROS}: ${kept}`)
  }
  const folder = join(profile.dir, 'reports')
  await mkdir(folder, { recursive: true })
  const result = { machine: machine(), requests, promisedMicros: PROMISED_MICROS, perHop, figures }
  await writeFile(join(folder, 'telemetry-cost.json'), JSON.stringify(result, null, 2))
}

await script(profile, benchTelemetry)
