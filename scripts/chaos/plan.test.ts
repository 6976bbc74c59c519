import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planCampaign } from './plan.ts'

const campaign = { seed: 7, orders: 600, kills: 24, perSecond: 10, services: ['order', 'payment'] }

test('a seed is a campaign: the same one plans the same, another one does not', () => {
  assert.deepEqual(planCampaign(campaign), planCampaign(campaign))
  assert.notDeepEqual(planCampaign(campaign), planCampaign({ ...campaign, seed: 8 }))
})

test('every kind of wish and of fault comes up, while orders are placed', () => {
  const { wishes, faults } = planCampaign(campaign)
  assert.equal(wishes.length, 600)
  assert.equal(faults.length, 24)
  const tokens = new Set(wishes.map(({ token }) => token))
  assert.deepEqual(
    tokens,
    new Set(['tok_ok', 'tok_declined', 'tok_flaky', 'tok_slow', 'tok_timeout', undefined]),
  )
  assert.equal(new Set(wishes.map(({ afterwards }) => afterwards)).size, 4)
  assert.ok(faults.every(({ atMs }) => atMs >= 0 && atMs <= 60_000))
  assert.ok(faults.some(({ what }) => what === 'pause'))
  assert.ok(faults.some(({ target }) => !campaign.services.includes(target)))
})
