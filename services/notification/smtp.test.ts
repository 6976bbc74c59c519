import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { eventually } from '#platform/testing.ts'
import { testRedis } from '#platform/testing-redis.ts'
import { countUnsent, failedMail } from './mail-store.ts'
import { order, start } from './testing.ts'
import { mailTransport } from './transport.ts'

const ADDRESS = 'anna@restofy.test'
const ANSWERS_WITHIN_MS = 300

/** What the mail server does with the next letter: takes it, refuses it, and two ways of silence. */
type Reply = 'takes it' | 450 | 550 | 'hangs' | 'takes it and is gone'

/** A real mail server on a real socket, which wants a password. */
async function mailServer(t: TestContext, replies: Reply[]) {
  const letters: string[] = []
  const next = (): Reply => replies.shift() ?? 'takes it'
  let reply: Reply = 'takes it'
  const server = new SMTPServer({
    ...{ disabledCommands: ['STARTTLS'], allowInsecureAuth: true },
    onAuth: ({ username, password }, _session, done) =>
      password === 's3cret' ? done(null, { user: username }) : done(new Error('no')),
    onRcptTo(_address, _session, done) {
      reply = next()
      if (typeof reply === 'number') {
        return done(Object.assign(new Error(`not for ${ADDRESS}`), { responseCode: reply }))
      }
      done()
    },
    async onData(stream, _session, done) {
      const letter = await text(stream)
      if (reply === 'hangs') return
      letters.push(letter)
      if (reply !== 'takes it and is gone') return done()
      for (const { _socket } of server.connections) _socket.destroy()
    },
  })
  server.on('error', () => {}) // those that are cut
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.after(() => new Promise<void>((closed) => server.close(() => closed())))
  const { port } = server.server.address() as AddressInfo
  return { letters, replies, url: `smtp://shop:s3cret@127.0.0.1:${port}` }
}

/** The service with that mail server; somebody new has to be welcomed. */
async function welcoming(t: TestContext, ...planned: Reply[]) {
  const { letters, replies, url } = await mailServer(t, planned)
  const transport = mailTransport(url, ANSWERS_WITHIN_MS)
  t.after(() => transport.close())
  const service = await start(t, {
    redis: await testRedis(t),
    send: (letter) => transport.sendMail(letter),
  })
  await service.hearCustomer(order.customerId, ADDRESS)
  service.work()
  return { ...service, letters, replies, unsent: () => countUnsent(service.pool) }
}

const header = (letter: string, name: string) =>
  new RegExp(`^${name}: (.*)\r$`, 'm').exec(letter)?.[1]

test('a mail server is given the letter, for its address, under its own id', async (t) => {
  const { pool, letters, unsent } = await welcoming(t)
  await eventually(async () => (await unsent()).pending === 0)
  const [letter] = letters
  assert.equal(letters.length, 1)
  assert.equal(header(letter!, 'To'), `Anna <${ADDRESS}>`)
  assert.equal(header(letter!, 'Subject'), 'Welcome to Restofy')
  const { rows } = await pool.query('select id from notifications')
  assert.equal(header(letter!, 'Message-ID'), `<${rows[0].id}@restofy>`)
})

for (const reply of [450, 'hangs'] as const) {
  test(`a mail server that says ${reply} is asked again`, async (t) => {
    const { letters, replies, unsent } = await welcoming(t, reply, reply)
    await eventually(async () => (await unsent()).pending === 0)
    assert.deepEqual([letters.length, replies.length], [1, 0])
    assert.equal((await unsent()).failed, 0)
  })
}

test('a mail server that says 550 is not asked again', async (t) => {
  const { pool, letters, replies, unsent } = await welcoming(t, 550, 550)
  await eventually(async () => (await unsent()).failed === 1)
  assert.deepEqual([letters.length, replies.length], [0, 1])
  assert.equal((await failedMail(pool))[0]?.failure, 'the mail server answered 550')
})

test('a mail server that is silent for good is given up after its tries', async (t) => {
  const { pool, letters, unsent } = await welcoming(t, 'hangs', 'hangs', 'hangs')
  await eventually(async () => (await unsent()).failed === 1)
  assert.equal(letters.length, 0)
  assert.equal((await failedMail(pool))[0]?.failure, 'ETIMEDOUT')
})

test('a letter whose receipt was lost comes again, under the same id', async (t) => {
  const { letters, unsent } = await welcoming(t, 'takes it and is gone')
  await eventually(async () => (await unsent()).pending === 0)
  const ids = letters.map((letter) => header(letter, 'Message-ID'))
  assert.equal(ids.length, 2)
  assert.equal(new Set(ids).size, 1)
})
