import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { basket, becomes, openShop, someone } from './people.ts'

const run = promisify(execFile)

for (const service of ['order', 'tracking']) {
  test(`what ${service} derives from events is what they add up to, while orders move`, async () => {
    const shop = await openShop()
    const customer = await someone('customer')
    const { body } = await customer.call('POST', '/orders', basket(shop, { token: 'tok_ok' }))
    const env = { ...process.env, S: service, CHECK: '1' }
    const { stdout } = await run(process.execPath, ['scripts/rebuild.ts'], { env })
    assert.match(stdout, /^[1-9]\d* orders from [1-9]\d* events in [\d.]+ s, \d+ events\/s$/m)
    assert.match(stdout, /is the fold of its events$/m)
    await becomes(customer, body.id, 'paid')
  })
}
