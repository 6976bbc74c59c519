import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { isRoot } from '../../deploy/host/postgres.ts'

const run = promisify(execFile)

const MARK = 'RESTOFY_OWN_NETWORK'
const LOOPBACK_UP = 'ip link set lo up && iptables -S > /dev/null && exec "$@"'
const namespace = () => ['--net', ...(isRoot() ? [] : ['--user', '--map-root-user'])]
const inside = (...command: string[]) => [...namespace(), 'sh', '-c', LOOPBACK_UP, 'sh', ...command]

/** Whether this process has a loopback of its own, with a firewall that concerns nobody else. */
export const hasOwnNetwork = () => process.env[MARK] === '1'

/** Undefined where one can be had. */
export async function whyNoOwnNetwork(): Promise<string | undefined> {
  try {
    await run('unshare', inside('true'))
    return undefined
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    return (stderr || message).trim().split('\n')[0]
  }
}

/** This program once more, in a network that ends with the last process in it. Returns its exit code. */
export async function againInOwnNetwork(): Promise<number> {
  const child = spawn('unshare', inside(process.execPath, ...process.argv.slice(1)), {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: '1' },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void child.kill(signal))
  }
  const [code] = await once(child, 'exit')
  return code ?? 1
}

/** Nothing passes between this address and any other, in either direction, without a word to anybody. */
export const cut = (address: string): Promise<void> => firewall('-A', address)
export const mend = (address: string): Promise<void> => firewall('-D', address)

async function firewall(action: '-A' | '-D', address: string): Promise<void> {
  if (!hasOwnNetwork()) throw new Error('only a network of our own may be cut')
  for (const [here, there] of [
    ['-s', '-d'],
    ['-d', '-s'],
  ] as const) {
    await run('iptables', [action, 'INPUT', here, address, '!', there, address, '-j', 'DROP'])
  }
}
