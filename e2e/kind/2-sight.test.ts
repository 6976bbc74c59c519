import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { METRICS_PORT } from '../../deploy/k8s/names.ts'
import { hostUrl } from '../../deploy/kind/cluster.ts'
import { services } from '../../services/catalogue.ts'
import { basket, becomes, openShop, someone } from '../people.ts'
import { figures, profile, read } from './cluster.ts'

test('Prometheus finds every pod that has metrics, and all of them answer', async () => {
  const { items } = await read('pods', '--field-selector=status.phase=Running')
  type Container = { ports?: { name: string }[] }
  const scraped = items.filter(({ spec }: { spec: { containers: Container[] } }) =>
    spec.containers.some(({ ports = [] }) => ports.some(({ name }) => name === 'metrics')),
  )
  assert.ok(METRICS_PORT && scraped.length > services.length)
  const wanted = scraped.map(({ metadata }: { metadata: { name: string } }) => metadata.name)
  await eventually(async () => {
    const up = await figures('up{job="pods"}', 'pod')
    assert.deepEqual(
      wanted.filter((pod: string) => up[pod] !== 1),
      [],
    )
    return true
  }, 90_000)
})

test('Jaeger shows an order from the gateway to the payment', async () => {
  const [shop, diner] = [await openShop(), await someone('customer')]
  const { status, body, headers } = await diner.call(
    'POST',
    '/orders',
    basket(shop, { token: 'tok_ok' }),
  )
  assert.equal(status, 201)
  await becomes(diner, body.id, 'paid')
  const correlation = headers.get('x-correlation-id')
  assert.ok(correlation)
  await eventually(async () => {
    const url = `${hostUrl(profile, 'jaeger')}/api/traces?service=gateway&limit=50&lookback=10m`
    const { data } = (await (await fetch(url)).json()) as {
      data: { processes: Record<string, { serviceName: string }> }[]
    }
    return data.some(({ processes }) => {
      const names = Object.values(processes).map(({ serviceName }) => serviceName)
      return ['gateway', 'order', 'payment', 'inventory'].every((name) => names.includes(name))
    })
  }, 60_000)
})

test('the autoscalers read what containers use', async () => {
  await eventually(async () => {
    const { items } = await read('horizontalpodautoscalers')
    type Scaler = { metadata: { name: string }; status: { currentMetrics?: object[] | null } }
    const blind = (items as Scaler[]).filter(({ status }) => !status.currentMetrics?.length)
    assert.deepEqual(
      blind.map(({ metadata }) => metadata.name),
      [],
    )
    return items.length > 0
  }, 120_000)
})
