import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '#platform/testing.ts'
import { serviceImage } from '../../deploy/k8s/images.ts'
import { kindFolder } from '../../deploy/kind/cluster.ts'
import { command } from '../../deploy/kind/command.ts'
import { rememberedRelease } from '../../deploy/kind/release.ts'
import { profile, read } from './cluster.ts'
import { RATE, steadyOrders, takesOrdersAgain } from './steady-orders.ts'

// Beside the building and loading of images.
const PER_SECOND = Math.min(10, RATE)

test('a release that is well stays, one that fails is taken back', async (t) => {
  const image = await imageOfOrder()
  t.after(() => command('docker', ['rmi', serviceImage('', 'order', 'well'), FAILING]))
  await command('docker', ['tag', image, serviceImage('', 'order', 'well')])
  await buildFailing(image)

  await steadyOrders(PER_SECOND, async () => {
    assert.match(await deploy('well', 10), /order is well/)
    const back = /order is well again: [\d.]+ % of the last \d+ requests to \w+ failed/
    await assert.rejects(deploy('failing', 180), back)
  })
  assert.equal(await imageOfOrder(), serviceImage('', 'order', 'well'))
  assert.equal((await rememberedRelease(profile)).tags.order, 'well')

  await takesOrdersAgain()
  const { sent, failures } = await steadyOrders(PER_SECOND, async ({ ids }) => {
    await eventually(async () => ids.length >= 100, 60_000)
  })
  t.diagnostic(`${sent} orders after it, ${failures.length} failed`)
  assert.deepEqual(failures, [])
})

const FAILING = serviceImage('', 'order', 'failing')

/** The same service, which keeps every order and says that it failed. */
async function buildFailing(image: string): Promise<void> {
  const folder = join(kindFolder(profile), 'failing')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'Dockerfile'), `FROM ${image}\nENV FAILPOINTS=C4=throw\n`)
  await command('docker', ['build', '--quiet', '--tag', FAILING, folder])
}

const deploy = (tag: string, watchSecs: number): Promise<string> =>
  command(process.execPath, ['scripts/deploy.ts'], {
    env: { S: 'order', TAG: tag, WATCH_SECS: String(watchSecs) },
  })

const imageOfOrder = async (): Promise<string> =>
  (await read('deployment/order')).spec.template.spec.containers[0].image
