import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { connectRedis, type Redis } from './redis.ts'
import { type Cleanup, eventually, silentLog } from './testing.ts'

/** A client of the shared test server; keys are the test's own business. */
export async function testRedis(t: Cleanup, url = process.env.TEST_REDIS_URL): Promise<Redis> {
  if (!url) throw new Error('TEST_REDIS_URL is not set: run `make test`, which starts the servers')
  const redis = connectRedis(url, silentLog)
  t.after(() => redis.disconnect())
  await eventually(async () => redis.status === 'ready')
  return redis
}

/** A server of the test's own, to be killed and stopped. */
export async function ownRedis(t: Cleanup) {
  const port = await freePort()
  let server: ChildProcess | undefined
  const start = async () => {
    server = spawn('redis-server', ['--port', String(port), '--save', '', '--bind', '127.0.0.1'], {
      stdio: 'ignore',
    })
    await once(server, 'spawn')
  }
  const signal = (name: NodeJS.Signals) => void server?.kill(name)
  await start()
  t.after(() => signal('SIGKILL'))
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    signal,
    async kill() {
      const gone = once(server!, 'exit')
      signal('SIGKILL')
      await gone
    },
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
