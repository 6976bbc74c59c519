import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { POINTS } from '#platform/failpoint.ts'

const TOOLBOX = /^services\/(platform\/|contracts\/|(manifest|slo|topology)\.ts$)/
const MANIFESTS = /^services\/((manifest|slo|catalogue|topology|edges)\.ts|[^/]+\/service\.ts)$/

/** What each folder may import from outside itself; the longest name wins. */
const ALLOWED: Record<string, RegExp[]> = {
  services: [TOOLBOX],
  'services/contracts': [],
  // The platform may know the words of messages, but no service.
  'services/platform': [/^services\/(contracts\/(messages|metrics)|manifest)\.ts$/],
  'services/gateway': [TOOLBOX, MANIFESTS],
  'services/catalogue.ts': [MANIFESTS],
  'services/edges.ts': [MANIFESTS],
  'services/topology.ts': [TOOLBOX, MANIFESTS],
  'services/topology.test.ts': [TOOLBOX, MANIFESTS],
  'services/openapi.test.ts': [TOOLBOX, MANIFESTS],
  deploy: [
    MANIFESTS,
    /^services\/contracts\/metrics\.ts$/,
    /^deploy\//,
    /^services\/platform\/(config|database|migrate|testing)\.ts$/,
  ],
  // What it hands over is checked against what the cluster expects.
  infra: [MANIFESTS, /^deploy\/k8s\/(inputs|secret-names)\.ts$/],
  loadtests: [MANIFESTS, /^deploy\/host\/tools\.ts$/],
  e2e: [
    MANIFESTS,
    /^deploy\/(host|kind|prometheus|grafana|jaeger)\//,
    /^deploy\/k8s\/(images|names)\.ts$/,
    /^services\/platform\/testing\.ts$/,
  ],
  scripts: [/./],
}

const IMPORT = /(?:from|import) '([.#][^']+)'|import\('([.#][^']+)'\)/g

function folderOf(file: string): string {
  const [top, second] = file.split('/')
  return top === 'services' ? `${top}/${second}` : top!
}

function importsOf(file: string): string[] {
  return Array.from(readFileSync(file, 'utf8').matchAll(IMPORT), ([, plain, dynamic]) => {
    const path = (plain ?? dynamic)!
    return path.startsWith('#') ? `services/${path.slice(1)}` : join(dirname(file), path)
  })
}

for (const file of globSync('{services,deploy,infra,loadtests,e2e,scripts}/**/*.ts').sort()) {
  if (file.includes('node_modules')) continue
  test(`${file} imports only what its folder may`, () => {
    const folder = folderOf(file)
    const allowed = ALLOWED[folder] ?? ALLOWED[folder.split('/')[0]!]!
    for (const path of importsOf(file)) {
      const fine = path.startsWith(`${folder}/`) || allowed.some((rule) => rule.test(path))
      assert.ok(fine, `${file} must not import ${path}`)
      assert.ok(
        folder === 'scripts' || !path.startsWith('scripts/'),
        `${file} must not import a script`,
      )
    }
  })
}

for (const file of globSync('services/*/service.ts').sort()) {
  test(`${file} is data: it imports nothing but types`, () => {
    assert.doesNotMatch(readFileSync(file, 'utf8'), /^import (?!type )/m)
  })
}

test('the environment is read in one place of the services', () => {
  const readers = globSync('services/**/*.ts').filter(
    (file) =>
      /process\.env/.test(readFileSync(file, 'utf8')) && !/test(ing(-\w+)?)?\.ts$/.test(file),
  )
  // Tracing is configured by its own standard variables.
  assert.deepEqual(readers.sort(), [
    'services/platform/config.ts',
    'services/platform/telemetry/sdk.ts',
  ])
})

test('every crash point has exactly one place in the services', () => {
  const calls = globSync('services/**/*.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => readFileSync(file, 'utf8').match(/(?<=await failpoint\().*(?=\))/g) ?? [])
  const placed = calls.flatMap((argument) => argument.match(/(?<=')C\d+(?=')/g) ?? [])
  assert.deepEqual(placed.sort(), Object.keys(POINTS).sort())
})

test('no file of ours has more than 250 lines', () => {
  const long = globSync('{services,deploy,infra,loadtests,e2e,scripts}/**/*.ts').filter(
    (file) => readFileSync(file, 'utf8').split('\n').length > 251,
  )
  assert.deepEqual(long, [])
})
