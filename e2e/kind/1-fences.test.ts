import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { kubeconfigFile } from '../../deploy/kind/cluster.ts'
import { command } from '../../deploy/kind/command.ts'
import { services } from '../../services/catalogue.ts'
import { kubectl, profile, read } from './cluster.ts'

const manifestOf = (wanted: string) => services.find(({ name }) => name === wanted)!
const portOf = (wanted: string) => manifestOf(wanted).port
const grpcPortOf = (wanted: string) => manifestOf(wanted).grpcPort!

/** Opens a connection from inside a pod; says whether it came about. */
async function connects(from: string, to: string, port: number): Promise<boolean> {
  const code = `require('net').connect(${port}, '${to}').on('connect', () => { console.log('open'); process.exit() }).on('error', () => process.exit()).setTimeout(3000, () => process.exit())`
  return (await kubectl('exec', `deployment/${from}`, '--', 'node', '-e', code)).includes('open')
}

test('a declared edge passes, an undeclared one is refused', async (t) => {
  assert.equal(await connects('order', 'restaurant', grpcPortOf('restaurant')), true)
  assert.equal(await connects('order', 'postgres', 5_432), true)
  if (await connects('tracking', 'payment', portOf('payment'))) {
    return t.skip('this cluster accepts network policies and enforces none')
  }
  assert.equal(await connects('order', 'payment', portOf('payment')), false)
  assert.equal(await connects('order', 'restaurant', portOf('restaurant')), false)
  assert.equal(await connects('gateway', 'postgres', 5_432), false)
  assert.equal(await connects('payment', 'acquirer', portOf('acquirer')), true)
})

test('the namespace refuses a pod that is root or may write its root', async () => {
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace: 'restofy' } },
    spec: {
      containers: [{ name: 'root', image: 'busybox:1', securityContext: { privileged: true } }],
    },
  }
  const file = join(profile.dir, 'kind/bad-pod.json')
  await writeFile(file, JSON.stringify(pod))
  const args = ['--kubeconfig', kubeconfigFile(profile), 'apply', '--dry-run=server', '-f', file]
  await assert.rejects(command('kubectl', args), /violates PodSecurity "restricted/)
})

test('every pod that runs is not root, and its root is read-only', async () => {
  const { items } = await read('pods')
  assert.ok(items.length >= 20)
  for (const { metadata, spec } of items) {
    assert.equal(spec.securityContext.runAsNonRoot, true, metadata.name)
    for (const { securityContext } of spec.containers) {
      assert.equal(securityContext.readOnlyRootFilesystem, true, metadata.name)
    }
  }
})
