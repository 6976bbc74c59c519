import assert from 'node:assert/strict'
import { test } from 'node:test'
import { services } from '../../../services/catalogue.ts'
import { type Environment, environmentNamed, environments } from '../environments.ts'
import { environmentCosts, overBudget, pricedAs } from './environment.ts'
import { fixedCosts, sum } from './estimate.ts'
import { nodesFor } from './nodes.ts'
import { marginalUsd, ORDER_USE, perMillionUsd } from './orders.ts'
import { HOURLY, PRICED_IN } from './prices.ts'

const dev = environmentNamed('dev')
const monthly = (environment: Environment) => sum(environmentCosts(environment))

for (const environment of environments) {
  test(`${environment.name} costs no more than its ceiling`, () => {
    assert.equal(overBudget(environment, environmentCosts(environment)), undefined)
  })
}

test('another instance class costs the difference of the two, and nothing else', () => {
  const [server] = dev.postgres
  const larger = { ...dev, postgres: [{ ...server!, instanceClass: 'db.m7g.large' }] }

  const difference = (HOURLY['db.m7g.large'].usd - HOURLY['db.t4g.medium'].usd) * 730
  assert.ok(Math.abs(monthly(larger) - monthly(dev) - difference) < 0.01)
})

test('a standby doubles a database, its disk included', () => {
  const database = { instance_class: 'db.m7g.large', allocated_storage: 100, multi_az: false }
  const cost = (multi_az: boolean) =>
    sum(fixedCosts('data', { aws_db_instance: { order: { ...database, multi_az } } }))
  assert.equal(cost(true), 2 * cost(false))
})

test('a broker cluster has three nodes', () => {
  const clustered = { ...dev, broker: { ...dev.broker, cluster: true } }
  const node = HOURLY['mq.m7g.medium'].usd * 730
  assert.ok(Math.abs(monthly(clustered) - monthly(dev) - 2 * node) < 0.01)
})

test('a plan over its ceiling is refused in one sentence', () => {
  const poor = { ...dev, monthlyBudgetUsd: 100 }
  assert.match(
    overBudget(poor, environmentCosts(poor)) ?? '',
    /^dev would cost \$\d+ a month by the prices of us-east-1, over its ceiling of \$100/,
  )
})

test('prices of another region are said to be that', () => {
  const there = { ...dev, region: PRICED_IN }
  assert.doesNotMatch(pricedAs(there), /more or less/)
  assert.match(pricedAs({ ...dev, region: 'eu-west-1' }), /dev is in eu-west-1.*more or less/)
})

test('a resource or an instance class without a price is not guessed', () => {
  assert.throws(
    () => fixedCosts('x', { aws_neptune_cluster: { a: {} } }),
    /what aws_neptune_cluster/,
  )
  const unpriced = { instance_class: 'db.x9.huge', allocated_storage: 1 }
  assert.throws(
    () => fixedCosts('x', { aws_db_instance: { a: unpriced } }),
    /price for db\.x9\.huge/,
  )
})

test('more replicas need more nodes', () => {
  const more = services.map((service) => ({
    ...service,
    replicas: { ...service.replicas, min: service.replicas.min * 4 },
  }))
  assert.ok(nodesFor(more, 'manifest') > nodesFor(services, 'manifest'))
  assert.equal(nodesFor(more, 'one'), nodesFor(services, 'one'))
})

test('the more orders, the less each costs, down to what each one uses', () => {
  const use = { ...ORDER_USE, cpuMs: 50 }
  const marginal = Object.values(marginalUsd(use)).reduce((total, usd) => total + usd, 0)
  const [few, many, countless] = [1, 100, 1e9].map((rate) => perMillionUsd(500, rate, use))
  assert.ok(few! > many! && many! > marginal)
  assert.ok(countless! - marginal < 0.01)
})

test('CPU that orders save is money that they save', () => {
  const cpu = (cpuMs: number) => marginalUsd({ ...ORDER_USE, cpuMs }).cpu!
  assert.ok(Math.abs(cpu(50) / cpu(5) - 10) < 1e-9)
})
