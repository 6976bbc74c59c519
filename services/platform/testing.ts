import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Express, RequestHandler } from 'express'
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from 'jose'
import pg, { type Pool } from 'pg'
import { authenticate, type Principal } from './auth.ts'
import { createLog, type Log } from './log.ts'
import { migrate } from './migrate.ts'
import { createPool } from './sql.ts'

/** A test, or the whole file: `{ after }` of node:test. */
export type Cleanup = { after: (ending: () => unknown) => void }

function serverUrl(name: string): string {
  const url = process.env[name]
  if (!url) throw new Error(`${name} is not set: run \`make test\`, which starts the servers`)
  return url
}

/** Swallows everything; a test that asserts on log lines makes its own. */
export const silentLog: Log = createLog({ service: 'test', level: 'error' }, { write() {} })

/**
 * A database of its own, migrated, so tests run side by side and never see each other's rows. Without
 * a service's folder it has the platform's tables only.
 */
export async function testDatabase(
  t: Cleanup,
  serviceFolder = 'no service',
): Promise<{ pool: Pool; databaseUrl: string }> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = serverUrl('TEST_POSTGRES_URL')
  await withClient(admin, (client) => client.query(`create database ${name}`))
  const databaseUrl = Object.assign(new URL(admin), { pathname: `/${name}` }).href
  await migrate({ databaseUrl, directory: `${serviceFolder}/migrations` })
  const pool = createPool(databaseUrl, silentLog)
  t.after(async () => {
    await pool.end()
    await withClient(admin, (client) => client.query(`drop database ${name} with (force)`))
  })
  return { pool, databaseUrl }
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

/** A virtual host of its own on the test broker. */
export async function testBroker(t: Cleanup): Promise<string> {
  const vhost = `test-${randomUUID()}`
  await makeVhost(vhost)
  t.after(() => testManagement('DELETE', `/api/vhosts/${vhost}`))
  return Object.assign(new URL(serverUrl('TEST_RABBITMQ_URL')), { pathname: `/${vhost}` }).href
}

export async function makeVhost(vhost: string): Promise<void> {
  await testManagement('PUT', `/api/vhosts/${vhost}`)
  await testManagement('PUT', `/api/permissions/${vhost}/${userOf('TEST_RABBITMQ_URL')}`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  })
}

const userOf = (name: string) => new URL(serverUrl(name)).username

/** Asks the test broker's management API; answers its JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a test knows what it asked for
export async function testManagement(method: string, path: string, body?: object): Promise<any> {
  const api = new URL(serverUrl('TEST_RABBITMQ_MANAGEMENT_URL'))
  const response = await fetch(new URL(path, api.origin), {
    method,
    headers: {
      authorization: `Basic ${btoa(`${api.username}:${api.password}`)}`,
      'content-type': 'application/json',
    },
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text && JSON.parse(text)
}

/** Serves an app on a free port until the test ends. */
export async function serve(t: Cleanup, app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export type TestTokens = {
  authenticate: RequestHandler
  /** An Authorization header for this principal. */
  as: (principal: Principal) => Promise<{ authorization: string }>
}

export async function testTokens(): Promise<TestTokens> {
  const { publicKey, privateKey } = await generateKeyPair('Ed25519')
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'test' }] })
  const rules = { issuer: 'test', audience: 'test', keys }
  return {
    authenticate: authenticate(rules),
    async as({ id, role }) {
      const token = await new SignJWT({ role })
        .setProtectedHeader({ alg: 'Ed25519', kid: 'test', typ: 'at+jwt' })
        .setSubject(id)
        .setIssuer(rules.issuer)
        .setAudience(rules.audience)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey)
      return { authorization: `Bearer ${token}` }
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a test asserts on whatever came back
export type Answer = { status: number; headers: Headers; body: any; text: string }

/** One JSON request; `body` may be a string to send what is not JSON. */
export async function request(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<Answer> {
  const { body, headers, method = body === undefined ? 'GET' : 'POST' } = options
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined || typeof body === 'string' ? (body as string) : JSON.stringify(body),
  })
  const text = await response.text()
  const json = /json/.test(response.headers.get('content-type') ?? '') && text
  return {
    status: response.status,
    headers: response.headers,
    body: json ? JSON.parse(text) : undefined,
    text,
  }
}

/** Polls until `look` answers something truthy; fails with its last error after `withinMs`. */
export async function eventually<T>(
  look: () => Promise<T>,
  withinMs = 10_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + withinMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      last = await look()
      if (last) return last as NonNullable<T>
    } catch (error) {
      last = error
    }
    await sleep(20)
  }
  if (last instanceof Error) throw last
  throw new Error(`not within ${withinMs} ms; last seen: ${JSON.stringify(last)}`)
}

// biome-ignore lint/suspicious/noExplicitAny: a test asserts on whatever came
export type ServerSentEvent = { id?: string; event?: string; data?: any; comment?: string }

/** Reads a stream of server-sent events until that is enough of them, or it ends; then hangs up. */
export async function readEvents(
  url: string,
  headers: Record<string, string>,
  enough: (events: readonly ServerSentEvent[]) => boolean,
): Promise<{ status: number; headers: Headers; events: ServerSentEvent[]; ended: boolean }> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) })
  const events: ServerSentEvent[] = []
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop()!
    events.push(...blocks.map(eventFrom))
    if (enough(events)) return { ...picked(response), events, ended: false }
  }
  return { ...picked(response), events, ended: true }
}

const picked = ({ status, headers }: Response) => ({ status, headers })

function eventFrom(block: string): ServerSentEvent {
  const fields = block.split('\n').map((line) => {
    const [name, ...rest] = line.split(': ')
    return [name || 'comment', rest.join(': ')]
  })
  const { data, ...event } = Object.fromEntries(fields)
  return { ...event, ...(data && { data: JSON.parse(data) }) }
}
