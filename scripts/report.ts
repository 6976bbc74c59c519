import { existsSync } from 'node:fs'
import { chalk } from 'zx'
import type { Profile } from '../deploy/host/profile.ts'
import { NotReady } from '../deploy/host/ready.ts'
import { logFile } from '../deploy/host/supervisor.ts'
import { lastLines } from './tail.ts'

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
const seconds = (since: number) => `${((performance.now() - since) / 1_000).toFixed(1)} s`

/** One line per step with how long it took; on a terminal it moves while it lasts. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const stopSpinning = process.stdout.isTTY ? spin(title, startedAt) : () => {}
  try {
    const result = await work()
    stopSpinning()
    console.log(`${chalk.green('✓')} ${title} ${chalk.dim(seconds(startedAt))}`)
    return result
  } catch (error) {
    stopSpinning()
    console.log(`${chalk.red('✗')} ${title} ${chalk.dim(seconds(startedAt))}`)
    throw error
  }
}

function spin(title: string, startedAt: number): () => void {
  let frame = 0
  const draw = () => {
    process.stdout.write(`\r${FRAMES[frame++ % FRAMES.length]} ${title} ${seconds(startedAt)} `)
  }
  const timer = setInterval(draw, 100)
  return () => {
    clearInterval(timer)
    process.stdout.write('\r\x1b[2K')
  }
}

/** Runs a script; what stops it is said in its own words, with the log of the process concerned. */
export async function script(profile: Profile, main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    // Set first: whatever printing meets, a failed script has failed.
    process.exitCode = 1
    await explain(profile, error as Error)
  }
}

async function explain(profile: Profile, error: Error): Promise<void> {
  console.error(chalk.red(error.message))
  if (error instanceof NotReady) {
    const file = logFile(profile, error.process)
    if (existsSync(file)) console.error(`${await lastLines(file, 20)}\n`)
    console.error(`The whole log: ${file}`)
    console.error('Then: make up goes on where it stopped; make down ends what runs.')
  } else if (process.env.DEBUG) {
    console.error(error.stack, error.cause ?? '')
  }
}
