import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schemaOfVersionTwo, toVersionOne, toVersionTwo } from './version-two.ts'

const one = {
  items: [{ totalAmount: 31.98, currency: 'EUR', items: [{ unitPrice: 0.29, quantity: 2 }] }],
  note: null,
}
const two = {
  items: [
    {
      totalAmount: { amountCents: 3_198, currency: 'EUR' },
      currency: 'EUR',
      items: [{ unitPrice: { amountCents: 29, currency: 'EUR' }, quantity: 2 }],
    },
  ],
  note: null,
}

test('money is cents and a currency in version 2, however deep it lies', () => {
  assert.deepEqual(toVersionTwo(one), two)
  assert.deepEqual(toVersionOne(two), one)
})

test('every amount of cents survives the way there and back', () => {
  for (let amountCents = 0; amountCents < 100_000; amountCents += 7) {
    const money = { price: { amountCents, currency: 'EUR' } }
    assert.deepEqual(toVersionTwo(toVersionOne(money)), money)
  }
})

test('what is no money is left to whoever parses it', () => {
  for (const price of [null, '5', { amountCents: 1.5, currency: 'EUR' }, { amountCents: 1 }]) {
    assert.deepEqual(toVersionOne({ price }), { price })
  }
})

test('a schema says of money what version 2 sends, and of everything else what it said', () => {
  const name = { type: 'string' }
  const price = { type: 'number', minimum: 0 }
  const schema = { type: 'array', items: { properties: { name, price }, required: ['price'] } }
  const { items } = schemaOfVersionTwo(schema) as {
    items: { properties: Record<string, { properties: object }>; required: string[] }
  }
  assert.deepEqual(items.required, ['price'])
  assert.deepEqual(items.properties.name, name)
  assert.deepEqual(Object.keys(items.properties.price!.properties), ['amountCents', 'currency'])
})
