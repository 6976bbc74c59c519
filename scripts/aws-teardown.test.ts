import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { type Account, takeDown } from './aws-teardown.ts'

const dev = environmentNamed('dev')
const production = environmentNamed('production')
const BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/entrance/1'

type World = { number?: string; cluster?: boolean; balancers?: string[]; left?: string[] }

/** An account that notes what was done to it; its controllers need a while to remove a balancer. */
function accountOf({ number = dev.account, cluster = true, balancers = [], left = [] }: World) {
  const done: string[] = []
  const account: Account = {
    number: async () => number,
    hasCluster: async () => cluster,
    deleteNamespace: async (name, namespace) => void done.push(`namespace ${name}/${namespace}`),
    madeByCluster: async () => {
      const seen = [...balancers]
      if (balancers !== STUBBORN && balancers.pop()) done.push('balancer')
      return seen
    },
    destroyCluster: async () => void done.push('cluster'),
    destroyRest: async () => void done.push('rest'),
    leftovers: async () => left,
  }
  return { account, done }
}

const STUBBORN = [BALANCER]

async function run(environment: typeof dev, world: World = {}, confirmation?: string) {
  const { account, done } = accountOf(world)
  const titles: string[] = []
  const failure = await takeDown(environment, {
    account,
    confirmation,
    step: (title, work) => {
      titles.push(title)
      return work()
    },
    eventually: async (condition) => {
      for (let asked = 0; asked < 5; asked++) if (await condition()) return true
      return false
    },
  }).then(
    () => undefined,
    (error: Error) => error.message,
  )
  return { done, titles, failure }
}

test('workloads go before their load balancers, those before the cluster, the network last', async () => {
  const { done, failure } = await run(dev, { balancers: [BALANCER, BALANCER] })
  assert.equal(failure, undefined)
  assert.deepEqual(done, [
    'namespace restofy-dev/restofy',
    'balancer',
    'balancer',
    'cluster',
    'rest',
  ])
})

test('the cluster stays while a load balancer does, which is named', async () => {
  const { done, failure } = await run(dev, { balancers: STUBBORN })
  assert.deepEqual(done, ['namespace restofy-dev/restofy'])
  assert.match(failure ?? '', /do not remove arn:aws:elasticloadbalancing.*the cluster stays/)
})

test('what was interrupted after the cluster went goes on from there', async () => {
  const { done, failure } = await run(dev, { cluster: false })
  assert.equal(failure, undefined)
  assert.deepEqual(done, ['cluster', 'rest'])
})

test('what is still tagged afterwards is named and fails the run', async () => {
  const left = ['arn:aws:ec2:eu-west-1:111111111111:volume/vol-1']
  assert.match(
    (await run(dev, { left })).failure ?? '',
    /still there, and still costs:\n {2}arn.*vol-1/,
  )
})

test('production is refused without its own words, before anything is asked of the account', async () => {
  for (const typed of [undefined, 'yes', 'delete restofy-dev']) {
    const { done, titles, failure } = await run(production, { number: production.account }, typed)
    assert.deepEqual([done, titles], [[], []])
    assert.match(failure ?? '', /production is protected: nothing was deleted/)
  }
})

test('production goes when its own words are typed', async () => {
  const world = { number: production.account }
  const { done, failure } = await run(production, world, 'delete restofy-production')
  assert.equal(failure, undefined)
  assert.deepEqual(done.at(-1), 'rest')
})

test('credentials of another account change nothing', async () => {
  const { done, failure } = await run(dev, { number: '999999999999' })
  assert.deepEqual(done, [])
  assert.match(
    failure ?? '',
    /of account 999999999999, but dev is 111111111111: nothing was changed/,
  )
})
