import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../deploy/host/profile.ts'
import { type Aws, awsCommand } from './aws-command.ts'
import { answers } from './machine.ts'
import { ensurePythonTool } from './python-tool.ts'

const HERE = join(ROOT, 'infra/terraform-cdk/emulator')
const PATIENCE_MS = 60_000

export type Emulator = {
  url: string
  /** AWS's own command line, with what makes it take the emulator for AWS. */
  aws: Aws
  stop: () => Promise<void>
}

/** An AWS account in memory, on a free port; what it says goes to a log below `folder`. */
export async function startEmulator(
  folder: string,
  { account, region }: { account: string; region: string },
): Promise<Emulator> {
  const python = await ensurePythonTool('moto', join(HERE, 'requirements.txt'))
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const log = openSync(join(folder, 'emulator.log'), 'w')
  const server = spawn(python, ['-B', join(HERE, 'server.py'), '-p', String(port)], {
    stdio: ['ignore', log, log],
    env: { ...process.env, MOTO_ACCOUNT_ID: account },
  })
  const ended = once(server, 'exit')
  const url = `http://127.0.0.1:${port}`
  await ready(url, () => server.exitCode !== null, folder)
  return {
    url,
    aws: awsCommand([python, '-m', 'awscli'], {
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'emulator',
      AWS_SECRET_ACCESS_KEY: 'emulator',
    }),
    stop: async () => {
      server.kill()
      await ended
    },
  }
}

async function ready(url: string, ended: () => boolean, folder: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await answers(`${url}/moto-api/`))) {
    if (ended() || Date.now() > deadline) {
      throw new Error(`the emulator did not start: see ${join(folder, 'emulator.log')}`)
    }
    await sleep(200)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
