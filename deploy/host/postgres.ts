import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { serverPorts } from './ports.ts'
import { commandOf, contentOf } from './proc.ts'
import type { ProcessDefinition } from './process.ts'
import { type Profile, ROOT } from './profile.ts'

const run = promisify(execFile)

export const dataDirectory = (profile: Pick<Profile, 'dir'>) => join(profile.dir, 'postgres')

// sun_path is 108 bytes with its closing zero, and this is the longest name PostgreSQL gives a socket.
const LONGEST_SOCKET_PATH = 107
const SOCKET_NAME = '.s.PGSQL.65535'

/** The folder of its Unix socket; undefined when its path is too long for one. */
export function postgresSocket(profile: Pick<Profile, 'dir'>): string | undefined {
  const folder = dataDirectory(profile)
  return Buffer.byteLength(join(folder, SOCKET_NAME)) > LONGEST_SOCKET_PATH ? undefined : folder
}

export const isRoot = () => process.getuid?.() === 0

/** PostgreSQL refuses root, so as root it runs as user `postgres`. */
export function unprivileged(root: boolean, command: string[]): string[] {
  if (!root) return command
  // That user keeps one capability, to read through folders: the checkout may lie below a 0700 home,
  // as it does under `mktemp -d`, and the binaries and data are inside the checkout.
  return [
    ...['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'],
    ...['--securebits', '+no_setuid_fixup'],
    ...['--inh-caps=-all,+dac_read_search', '--ambient-caps=-all,+dac_read_search'],
    ...command,
  ]
}

export function postgresProcess(
  profile: Profile,
  binaries: Pick<Binaries, 'postgres'>,
  root: boolean,
): ProcessDefinition {
  const { postgres: port } = serverPorts(profile)
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: postgresSocket(profile) ?? '',
    max_connections: '200',
    shared_buffers: '128MB',
    // A checkpoint makes every page's next change log the whole page: a third of what an order wrote.
    checkpoint_timeout: '15min',
    // Two system calls per statement, for a line in `ps`.
    update_process_title: 'off',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, ...args] = unprivileged(root, [
    binaries.postgres,
    ...['-D', dataDirectory(profile)],
    ...options,
  ])
  return {
    name: 'postgres',
    command: command!,
    args,
    cwd: ROOT,
    env: {},
    ports: [port],
    killTimeoutMs: 5_000,
  }
}

/** Makes the data directory unless there is one. In a second place first: initdb is not atomic. */
export async function initialisePostgres(
  profile: Profile,
  binaries: Pick<Binaries, 'initdb'>,
  password: string,
): Promise<boolean> {
  const directory = dataDirectory(profile)
  if (existsSync(directory)) return false
  const unfinished = `${directory}.unfinished`
  const passwordFile = join(profile.dir, 'postgres.password')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (isRoot()) await giveToPostgres(unfinished, passwordFile)
  const [command, ...args] = unprivileged(isRoot(), [
    binaries.initdb,
    ...['-D', unfinished, '--username=restofy', `--pwfile=${passwordFile}`],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'],
  ])
  await run(command!, args, { cwd: '/' })
  await rm(passwordFile)
  await rename(unfinished, directory)
  return true
}

async function giveToPostgres(...paths: string[]): Promise<void> {
  if (!(await readFile('/etc/passwd', 'utf8')).includes('\npostgres:')) {
    await run('useradd', ['--system', '--shell', '/usr/sbin/nologin', 'postgres'])
  }
  await run('chown', ['-R', 'postgres:postgres', ...paths])
  await chmod(paths[0]!, 0o700)
}

/** SIGTERM waits for every client to leave; SIGINT rolls back, writes a checkpoint and ends. */
export function interruptPostgres(profile: Profile): void {
  const pid = Number(contentOf(join(dataDirectory(profile), 'postmaster.pid')).split('\n')[0])
  // After a reboot the number in the file may be somebody else's.
  if (commandOf(pid).includes(dataDirectory(profile))) process.kill(pid, 'SIGINT')
}
