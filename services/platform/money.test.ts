import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cents, decimal } from './money.ts'

test('every amount of whole cents survives the way out and back in', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (amountCents) => {
      assert.equal(cents.parse(decimal(amountCents)), amountCents)
    }),
  )
})

test('an amount with a third decimal is refused', () => {
  for (const amount of [0.001, 31.985, 19.999, 0.30000000000000004]) {
    assert.equal(cents.safeParse(amount).success, false, String(amount))
  }
})

test('negative, endless, huge and textual amounts are refused', () => {
  for (const amount of [-0.01, Number.NaN, Number.POSITIVE_INFINITY, 1_000_000.01, '12.50']) {
    assert.equal(cents.safeParse(amount).success, false, String(amount))
  }
})
