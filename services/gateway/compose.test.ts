import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Router } from 'express'
import { httpApp } from '#platform/http/app.ts'
import { request, serve, silentLog } from '#platform/testing.ts'
import { gatewayRoutes } from './routes.ts'
import { gateway } from './service.ts'
import { upstream } from './upstream.ts'

const kitchen = {
  ...{ ...gateway, name: 'dish' },
  routes: [
    {
      ...({ method: 'get', path: '/dishes/:id' } as const),
      includes: { cook: { route: '/cooks/:id', by: 'cookId' } } as const,
    },
  ],
}
const staff = {
  ...gateway,
  name: 'staff',
  routes: [{ method: 'get', path: '/cooks/:id' }] as const,
}

async function start(t: TestContext) {
  const state = { cookStatus: 200, asked: [] as unknown[] }
  const routes = Router()
  routes.get('/dishes/:id', ({ params: { id } }, res) => {
    if (id === 'none') res.status(404).type('application/problem+json').send('{"code":"no-dish"}')
    else res.json({ id, cookId: 'c1' })
  })
  routes.get('/cooks/:id', ({ params, headers }, res) => {
    state.asked.push(headers.authorization)
    res.status(state.cookStatus).json({ id: params.id })
  })
  const origin = await serve(t, httpApp(silentLog, [routes]))
  const upstreams = { dish: upstream('dish', [origin]), staff: upstream('staff', [origin]) }
  for (const { close } of Object.values(upstreams)) t.after(close)
  const door = gatewayRoutes([kitchen, staff], upstreams)
  const url = await serve(t, httpApp(silentLog, [door], { parseBodies: false }))
  const get = (path: string) =>
    request(`${url}/api/v1${path}`, { headers: { authorization: 'Bearer mine' } })
  return { state, get }
}

test('a part is included on request, asked for as whoever asks', async (t) => {
  const { state, get } = await start(t)
  assert.deepEqual((await get('/dishes/d1')).body, { id: 'd1', cookId: 'c1' })
  const { body } = await get('/dishes/d1?include=cook')
  assert.deepEqual(body, { dish: { id: 'd1', cookId: 'c1' }, cook: { id: 'c1' } })
  assert.deepEqual(state.asked, ['Bearer mine'])
})

test('a part that cannot be had is null and named, whatever the reason', async (t) => {
  const { state, get } = await start(t)
  for (const status of [404, 503]) {
    state.cookStatus = status
    const answer = await get('/dishes/d1?include=cook')
    assert.equal(answer.status, 200)
    assert.deepEqual([answer.body.cook, answer.body.warnings], [null, ['cook']])
  }
})

test('what is not there is not there with its parts either, and an unknown part is refused', async (t) => {
  const { get } = await start(t)
  const none = await get('/dishes/none?include=cook')
  assert.deepEqual([none.status, none.body.code], [404, 'no-dish'])
  const { status, body } = await get('/dishes/d1?include=moon')
  assert.deepEqual([status, body.code], [400, 'invalid-request'])
})
