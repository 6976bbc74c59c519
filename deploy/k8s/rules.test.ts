import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixtureRelease } from './fixtures.ts'
import { type Manifest, manifestsOf } from './manifests.ts'
import { RULES } from './rules.ts'

const environments = {
  kind: await manifestsOf(fixtureRelease('kind')),
  aws: await manifestsOf(fixtureRelease('aws')),
}

for (const [name, manifests] of Object.entries(environments)) {
  for (const { promise, broken } of RULES) {
    test(`in ${name} everything ${promise}`, () => assert.deepEqual(broken(manifests), []))
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what is spoilt is of every kind
type Spoil = (pod: any, manifest: any) => void

/** What breaks exactly one promise, so that none of them is one that cannot be broken. */
const SPOILT: Record<string, Spoil> = {
  'is not root': (pod) => (pod.securityContext.runAsUser = 0),
  'is limited to the usual system calls': (pod) => delete pod.securityContext.seccompProfile,
  'shares nothing with its node': (pod) => (pod.hostNetwork = true),
  'mounts nothing of its node': (pod) => pod.volumes.push({ name: 'x', hostPath: { path: '/' } }),
  'has a token only to read the Kubernetes API': (pod) => (pod.automountServiceAccountToken = true),
  'has an account of its own': (pod) => delete pod.serviceAccountName,
  'has a place in the order of eviction': (pod) => delete pod.priorityClassName,
  'cannot write its root': (pod) => delete pod.containers[0].securityContext.readOnlyRootFilesystem,
  'has no rights and gets none': (pod) => (pod.containers[0].securityContext.privileged = true),
  'says what it needs, and cannot take more memory': (pod) =>
    delete pod.containers[0].resources.limits.memory,
  'is asked whether it came up, turns, and wants work': (pod) =>
    delete pod.containers[0].livenessProbe,
  'is not taken for dead within a second': (pod) =>
    delete pod.containers[0].livenessProbe.timeoutSeconds,
  'gives no port two names': (pod) =>
    pod.containers[0].ports.push({ name: 'again', containerPort: 3_001 }),
  'is an image with a version': (pod) => (pod.containers[0].image = 'restofy/order-service'),
  'has no secret in its environment': (pod) =>
    pod.containers[0].envFrom.push({ secretRef: { name: 'x' } }),
  'is replaced without a gap, and drains before it ends': (pod) =>
    delete pod.containers[0].lifecycle,
  'may be evicted one at a time': (_pod, manifest) => (manifest.metadata.name = 'other'),
}

for (const [promise, spoil] of Object.entries(SPOILT)) {
  test(`an order service of which it is not true that it ${promise} is noticed`, () => {
    const manifests = structuredClone(environments.kind)
    const order = manifests.find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'order',
    )!
    spoil(order.spec.template.spec, order)
    assert.deepEqual(noticed(manifests), [promise])
  })
}

test('a role that may read secrets is noticed', () => {
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: {}, rules }
  assert.equal(noticed([role]).length, 1)
})

const noticed = (manifests: Manifest[]): string[] =>
  RULES.filter(({ broken }) => broken(manifests).length > 0).map(({ promise }) => promise)
