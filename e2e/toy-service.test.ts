import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { eventually, request } from '#platform/testing.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '..')
// Between the ports of `make up` and those of `make test`.
const OFFSET = 7_000

const MANIFEST = `import type { ServiceManifest } from "../manifest.ts"

export const toy: ServiceManifest = {
  name: 'toy',
  summary: 'Says hello.',
  port: 3019,
  roles: ['http'],
  routes: [{ method: 'get', path: '/toys/:id' }],
  calls: [],
  emits: [],
  hears: [{ queue: 'toy.orders', messages: ['order.*'] }],
  needs: ['postgres', 'rabbitmq'],
  replicas: { min: 1, max: 1 },
  resources: { cpu: '100m', memory: '128Mi' },
  slo: { availability: 0.99, latency: { share: 0.99, withinMs: 100 } },
}
`

const MAIN = `import { Router } from "express"
import { runService } from "#platform/run.ts"
import { broker } from "../topology.ts"
import { toy } from "./service.ts"

await runService(toy, broker, () => ({
  handlers: [Router().get('/toys/:id', (req, res) => void res.json({ hello: req.params.id }))],
}))
`

/** The tracked files of this checkout in a folder of their own, sharing its packages. */
async function copyOfTheRepository(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'restofy-'))
  const { stdout } = await run(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: ROOT,
      maxBuffer: 1 << 24,
    },
  )
  for (const file of stdout.split('\0').filter(Boolean)) {
    await mkdir(dirname(join(copy, file)), { recursive: true })
    await cp(join(ROOT, file), join(copy, file))
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

test('one folder and one line make a service that runs, is scraped, and is routed to', async (t) => {
  const copy = await copyOfTheRepository()
  const env = {
    ...process.env,
    ...{ MODE: 'host', RESTOFY_DIR: '.restofy', PORT_OFFSET: String(OFFSET) },
  }
  const script = (name: string) => run(process.execPath, [`scripts/${name}.ts`], { cwd: copy, env })
  t.after(async () => {
    await script('down')
    await rm(copy, { recursive: true, force: true })
  })

  await mkdir(join(copy, 'services/toy'))
  await writeFile(join(copy, 'services/toy/service.ts'), MANIFEST)
  await writeFile(join(copy, 'services/toy/main.ts'), MAIN)
  const catalogue = join(copy, 'services/catalogue.ts')
  const before = await readFile(catalogue, 'utf8')
  await writeFile(
    catalogue,
    `import { toy } from "./toy/service.ts"\n${before.replace('  gateway,\n', '  toy,\n  gateway,\n')}`,
  )
  await script('up')

  const routed = await request(`http://127.0.0.1:${3_000 + OFFSET}/api/v1/toys/7`)
  assert.deepEqual([routed.status, routed.body], [200, { hello: '7' }])
  const query = `http://127.0.0.1:${9_090 + OFFSET}/api/v1/query?query=${encodeURIComponent('up{service="toy"} == 1')}`
  await eventually(async () => (await request(query)).body.data.result.length === 1, 30_000)
})
