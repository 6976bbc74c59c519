import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kubectl, read, rolledOut } from './cluster.ts'
import { RATE, steadyOrders } from './steady-orders.ts'

/** Ends at once where the service would drain. */
const ABRUPT = "--import=data:text/javascript,process.on('SIGTERM',()=>process.exit(1))"

test('without preStop and drain a rollout loses orders: the test of rollouts can fail', async (t) => {
  const name = 'gateway'
  const { spec } = (await read(`deployment/${name}`)).spec.template
  const [{ lifecycle: _, ...container }] = spec.containers
  const env = [...container.env, { name: 'NODE_OPTIONS', value: ABRUPT }]
  await runAs(name, { ...spec, containers: [{ ...container, env }] })
  try {
    const { failures, sent } = await steadyOrders(RATE, async () => {
      for (let round = 0; round < 5; round += 1) {
        await kubectl('rollout', 'restart', `deployment/${name}`)
        await rolledOut(name)
      }
    })
    t.diagnostic(`${sent} orders, ${failures.length} failed`)
    assert.ok(failures.length > 0)
  } finally {
    await runAs(name, spec)
  }
})

async function runAs(name: string, spec: object): Promise<void> {
  const patch = [{ op: 'replace', path: '/spec/template/spec', value: spec }]
  await kubectl('patch', `deployment/${name}`, '--type=json', '-p', JSON.stringify(patch))
  await rolledOut(name)
}
