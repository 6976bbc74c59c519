import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Router } from 'express'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { authenticate, neighboursOnly, remoteKeys, signedIn } from './auth.ts'
import { httpApp } from './http/app.ts'
import { request, serve, silentLog } from './testing.ts'

const KEYS = await generateKeyPair('Ed25519', { extractable: true })
const OTHERS = await generateKeyPair('Ed25519', { extractable: true })
const published = async () => ({ keys: [{ ...(await exportJWK(KEYS.publicKey)), kid: 'one' }] })

type Fault = { header?: object; claims?: object; key?: CryptoKey | Uint8Array; expires?: string }

function sign({ header, claims, key = KEYS.privateKey, expires = '5m' }: Fault = {}) {
  return new SignJWT({ sub: 'ann', role: 'customer', iss: 'issuer', aud: 'audience', ...claims })
    .setProtectedHeader({ alg: 'Ed25519', kid: 'one', typ: 'at+jwt', ...header })
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key)
}

/** A key server that answers what it is told, and an app that trusts it. */
async function start(t: TestContext) {
  const server = { status: 200, body: JSON.stringify(await published()), asked: 0 }
  const keys = Router().get('/jwks.json', (_req, res) => {
    server.asked++
    res.status(server.status).type('application/json').send(server.body)
  })
  const keyUrl = await serve(t, httpApp(silentLog, [keys]))
  const rules = { issuer: 'issuer', audience: 'audience', keys: remoteKeys(`${keyUrl}/jwks.json`) }
  const routes = Router().get('/me', (_req, res) => void res.json(signedIn(res)))
  const url = await serve(t, httpApp(silentLog, [authenticate(rules), routes]))
  const ask = (authorization: string | undefined) =>
    request(`${url}/me`, { headers: authorization === undefined ? {} : { authorization } })
  return { server, ask, with: (token: string) => ask(`Bearer ${token}`) }
}

test('a good token says who is asking', async (t) => {
  const { ask, with: asking } = await start(t)
  const token = await sign()
  assert.deepEqual((await asking(token)).body, { id: 'ann', role: 'customer' })
  assert.equal((await ask(`bearer ${token}`)).status, 200)
})

test('every fault a token can have is a 401', async (t) => {
  const { ask } = await start(t)
  const good = await sign()
  const [head, payload, signature] = good.split('.') as [string, string, string]
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  const publicPem = new TextEncoder().encode(await exportSPKI(KEYS.publicKey))
  const jwk = await exportJWK(OTHERS.publicKey)
  const now = Math.floor(Date.now() / 1000)
  const tokens: Record<string, string> = {
    expired: await sign({ expires: '-1m' }),
    'not yet valid': await sign({ claims: { nbf: now + 600 } }),
    'wrong issuer': await sign({ claims: { iss: 'other' } }),
    'wrong audience': await sign({ claims: { aud: 'other' } }),
    'wrong type': await sign({ header: { typ: 'JWT' } }),
    'no type': await sign({ header: { typ: undefined } }),
    'no subject': await sign({ claims: { sub: undefined } }),
    'unknown role': await sign({ claims: { role: 'root' } }),
    'no role': await sign({ claims: { role: undefined } }),
    'alg none': `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
    'alg none with a signature': `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.${signature}`,
    'signed with the public key': await sign({ header: { alg: 'HS256' }, key: publicPem }),
    'unknown kid': await sign({ header: { kid: 'two' } }),
    'foreign key, our kid': await sign({ key: OTHERS.privateKey }),
    'its own key in the header': await sign({
      header: { jwk, jku: 'http://127.0.0.1:9/jwks.json' },
      key: OTHERS.privateKey,
    }),
    'tampered payload': `${head}.${encode({ ...decode(payload), role: 'admin' })}.${signature}`,
    'tampered signature': `${head}.${payload}.${'A'.repeat(signature.length)}`,
    truncated: good.slice(0, -20),
    'two parts': `${head}.${payload}`,
    nonsense: 'x.y.z',
    empty: '',
  }
  for (const [fault, token] of Object.entries(tokens)) {
    const { status, body } = await ask(`Bearer ${token}`)
    assert.equal(status, 401, fault)
    assert.equal(body.code, 'unauthenticated', fault)
  }
  for (const header of [undefined, `Basic ${good}`, good, `Bearer ${good} ${good}`, 'Bearer']) {
    assert.equal((await ask(header)).status, 401, header)
  }
})

test('a key server that could never be asked leaves a token unjudged: 503, not 401', async (t) => {
  const token = await sign()
  const rules = { issuer: 'issuer', audience: 'audience' }
  const keys = remoteKeys('http://127.0.0.1:9/jwks.json')
  const app = httpApp(silentLog, [authenticate({ ...rules, keys })])
  const url = await serve(t, app)
  const headers = { authorization: `Bearer ${token}` }
  const { status, headers: answered } = await request(url, { headers })
  assert.equal(status, 503)
  assert.ok(answered.get('retry-after'))
})

test('a key server that answers nonsense leaves a token unjudged too', async (t) => {
  for (const [status, body] of [
    [500, '{}'],
    [200, 'no JSON'],
    [200, '{}'],
    [200, '{"keys":7}'],
  ] as const) {
    const { server, with: asking } = await start(t)
    Object.assign(server, { status, body })
    assert.equal((await asking(await sign())).status, 503, `${status} ${body}`)
    Object.assign(server, { status: 200, body: JSON.stringify(await published()) })
    assert.equal((await asking(await sign())).status, 200, 'and works once it recovers')
  }
})

test('keys once fetched outlive their server', async (t) => {
  const { server, with: asking } = await start(t)
  assert.equal((await asking(await sign({ expires: '2h' }))).status, 200)
  server.status = 500
  // Beyond the ten minutes after which the keys would be fetched again.
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 20 * 60_000 })
  assert.equal((await asking(await sign({ expires: '2h', claims: { n: 1 } }))).status, 200)
  assert.ok(server.asked >= 2, 'it tried')
  const stranger = await sign({ expires: '2h', header: { kid: 'two' } })
  assert.equal((await asking(stranger)).status, 401)
})

test('a new key is found without a restart', async (t) => {
  const { server, with: asking } = await start(t)
  assert.equal((await asking(await sign())).status, 200)
  const both = await published()
  both.keys.push({ ...(await exportJWK(OTHERS.publicKey)), kid: 'two' })
  server.body = JSON.stringify(both)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 10_000 })
  const token = await sign({ header: { kid: 'two' }, key: OTHERS.privateKey })
  assert.equal((await asking(token)).status, 200)
})

test('a flood of unknown keys does not reach the key server', async (t) => {
  const { server, with: asking } = await start(t)
  for (let i = 0; i < 20; i++) {
    assert.equal((await asking(await sign({ header: { kid: `k${i}` } }))).status, 401)
  }
  assert.ok(server.asked <= 2, `asked ${server.asked} times`)
})

test('a token verified before is refused once it has expired', async (t) => {
  const { with: asking } = await start(t)
  const token = await sign({ expires: '40s' })
  assert.equal((await asking(token)).status, 200)
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 75_000 })
  assert.equal((await asking(token)).status, 401)
})

test('a token of yesterday’s key is refused a minute after the key was withdrawn', async (t) => {
  const { server, with: asking } = await start(t)
  const token = await sign({ expires: '2h' })
  assert.equal((await asking(token)).status, 200)
  server.body = JSON.stringify({
    keys: [{ ...(await exportJWK(OTHERS.publicKey)), kid: 'two' }],
  })
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 11 * 60_000 })
  assert.equal((await asking(token)).status, 401)
})

test('a route for neighbours wants their key, and nothing near it', async (t) => {
  const routes = Router().get('/inside', neighboursOnly('the-key-of-a-test'), (_req, res) => {
    res.json({})
  })
  const url = await serve(t, httpApp(silentLog, [routes]))
  const ask = (headers: Record<string, string>) => request(`${url}/inside`, { headers })
  assert.equal((await ask({ 'x-api-key': 'the-key-of-a-test' })).status, 200)
  for (const key of ['', 'the-key-of-a-tesT', 'the-key-of-a-test ' + 'x', 'x'.repeat(9_000)]) {
    assert.equal((await ask({ 'x-api-key': key })).status, 401)
  }
  assert.equal((await ask({})).status, 401)
})
