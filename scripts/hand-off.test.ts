import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../deploy/host/profile.ts'
import { thirdPartyImages } from '../deploy/k8s/images.ts'
import { manifestsOf } from '../deploy/k8s/manifests.ts'
import { RULES } from '../deploy/k8s/rules.ts'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { handOff, parseOutputs } from '../infra/terraform-cdk/hand-off.ts'
import { services } from '../services/catalogue.ts'

const FOLDER = join(ROOT, '.restofy/emulator/dev/outputs')
const AUTHORITY = '-----BEGIN CERTIFICATE-----\nZW11bGF0b3I=\n-----END CERTIFICATE-----\n'

test('what an emulated AWS account handed over makes a cluster that keeps every promise', async (t) => {
  if (!existsSync(FOLDER)) return t.skip('nothing was emulated here: run make infra-emulate first')
  const dev = environmentNamed('dev')
  const inputs = handOff(dev, parseOutputs(emulatedOutputs(), dev), AUTHORITY)

  const tags = Object.fromEntries(services.map(({ name }) => [name, '0123456789ab']))
  const manifests = await manifestsOf({ services, inputs, tags, images: thirdPartyImages() })

  assert.deepEqual(
    RULES.flatMap(({ promise, broken }) => broken(manifests).map((what) => `${promise}: ${what}`)),
    [],
  )
  const { databases } = inputs
  assert.ok(databases.run === 'external')
  const texts = JSON.stringify(manifests)
  for (const { host } of Object.values(databases.servers)) assert.ok(texts.includes(host), host)
})

/** One file per stack, as Terraform printed its outputs. */
function emulatedOutputs(): Record<string, unknown> {
  const outputs = readdirSync(FOLDER).map((file) =>
    JSON.parse(readFileSync(join(FOLDER, file), 'utf8')),
  ) as Record<string, { value: unknown }>[]
  return Object.fromEntries(
    outputs.flatMap((stack) => Object.entries(stack).map(([name, { value }]) => [name, value])),
  )
}
