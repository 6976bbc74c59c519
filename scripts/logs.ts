#!/usr/bin/env node
// The last lines of every process in order of time, or of one; F=1 follows; ORDER=<id> shows one order.
// usage: node scripts/logs.ts   (S=order F=1 ORDER=<order id> LINES=50)
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { belongsTo, parseEntry, renderLogLine } from '../deploy/host/log-line.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { logFile } from '../deploy/host/supervisor.ts'
import { script } from './report.ts'
import { lastLines } from './tail.ts'

const profile = hostProfile(process.env)
const { S, F, ORDER, LINES = '50' } = process.env
const wanted = ORDER ? belongsTo(ORDER) : () => true

await script(profile, async () => {
  const files = S ? [logFile(profile, S)] : globSync(logFile(profile, '*'))
  const missing = files.find((file) => !existsSync(file))
  if (missing || files.length === 0) throw new Error(`there is no log ${missing ?? 'yet'}: make up`)
  const lines = (await Promise.all(files.map(linesOf))).flat().sort((a, b) => a.at - b.at)
  for (const { process, line } of lines) print(process, line)
  if (F === '1') await Promise.all(files.map(follow))
})

type Line = { process: string; line: string; at: number }

/** An order is looked for in the whole file, otherwise only the end is read. */
async function linesOf(file: string): Promise<Line[]> {
  const text = ORDER ? readFileSync(file, 'utf8') : await lastLines(file, Number(LINES))
  let at = 0
  return text.split('\n').map((line) => {
    // A line without a time, such as a stack trace, stays with the one before it.
    at = Date.parse(String(parseEntry(line)?.time)) || at
    return { process: basename(file, '.log'), line, at }
  })
}

function print(process: string, line: string): void {
  if (line && wanted(line)) console.log(renderLogLine(process, line))
}

async function follow(file: string): Promise<void> {
  const tail = spawn('tail', ['-n', '0', '-F', file], { stdio: ['ignore', 'pipe', 'ignore'] })
  for await (const line of createInterface(tail.stdout)) print(basename(file, '.log'), line)
}
