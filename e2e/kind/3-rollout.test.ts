import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { workloadName } from '../../deploy/k8s/names.ts'
import { services } from '../../services/catalogue.ts'
import { figures, kubectl, read, rolledOut } from './cluster.ts'
import { RATE, steadyOrders, takesOrdersAgain } from './steady-orders.ts'

test('every service is replaced while orders arrive, and none of them fails', async (t) => {
  const { sent, failures, ids } = await steadyOrders(RATE, async () => {
    for (const service of services) {
      const names = service.roles.map((role) => workloadName(service, role))
      for (const name of names) await kubectl('rollout', 'restart', `deployment/${name}`)
      await rolledOut(...names)
    }
  })
  t.diagnostic(`${sent} orders at ${RATE}/s, ${failures.length} failed`)
  assert.deepEqual(failures.slice(0, 5), [])
  assert.equal(ids.length, sent)
  await everyOrderIsPaid(ids)
})

test('a pod that is killed is replaced, and the platform takes orders again', async (t) => {
  const role = 'app.kubernetes.io/name=order,app.kubernetes.io/component=http'
  const podsOfOrder = async () => (await read('pods', '-l', role)).items
  const [killed] = await podsOfOrder()
  const { name } = killed.metadata
  await kubectl('delete', 'pod', name, '--grace-period=0', '--force')
  // A Deployment says for a moment longer that all is well.
  await eventually(async () => {
    const [pod] = await podsOfOrder()
    return pod && pod.metadata.name !== name && pod.status.containerStatuses?.[0]?.ready
  }, 180_000)
  await takesOrdersAgain()
  const { sent, failures } = await steadyOrders(RATE, async (soFar) => {
    await eventually(async () => soFar.ids.length >= 100, 60_000)
  })
  t.diagnostic(`${sent} orders after it, ${failures.length} failed`)
  assert.deepEqual(failures, [])
})

test('three instances of order share the requests, and one goes without an error', async (t) => {
  const bounds = (min: number, max: number) =>
    kubectl(
      'patch',
      'hpa/order',
      '-p',
      JSON.stringify({ spec: { minReplicas: min, maxReplicas: max } }),
    )
  const { minReplicas, maxReplicas } = (await read('hpa/order')).spec
  await bounds(3, 3)
  await eventually(async () => (await read('deployment/order')).status.readyReplicas === 3, 180_000)
  const query =
    'sum by (pod) (http_request_duration_seconds_count{service="order",role="http",route="/orders"})'
  const before = await figures(query, 'pod')
  let served: number[] = []
  const { failures, sent } = await steadyOrders(RATE, async () => {
    await eventually(async () => total(await figures(query, 'pod')) - total(before) > 600, 120_000)
    const after = Object.entries(await figures(query, 'pod'))
    served = after.map(([pod, count]) => count - (before[pod] ?? 0)).filter((count) => count > 0)
    await bounds(minReplicas, maxReplicas)
    const back = async () => (await read('deployment/order')).status.replicas === minReplicas
    await eventually(back, 120_000)
  })
  const spread = Math.max(...served) / (served.reduce((sum, one) => sum + one) / served.length)
  t.diagnostic(`${sent} orders; ${served.join(', ')} per instance, max/mean ${spread.toFixed(2)}`)
  assert.deepEqual(failures.slice(0, 5), [])
  assert.equal(served.length, 3)
  assert.ok(spread < 1.3)
})

const total = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

/** Asked of the database itself: nothing was lost, and nothing waits in the middle of its saga. */
async function everyOrderIsPaid(ids: readonly string[]): Promise<void> {
  const sql = `select count(*) from orders where status = 'paid' and id in ('${ids.join("','")}')`
  const psql = ['exec', 'statefulset/postgres', '--', 'psql', '-U', 'restofy', '-d', 'order', '-tA']
  const paid = async () => Number(await kubectl(...psql, '-c', sql))
  await eventually(async () => (await paid()) === ids.length, 120_000)
}
