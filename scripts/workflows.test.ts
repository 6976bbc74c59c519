import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { ensureTool, whyUnavailable } from '../deploy/host/tools.ts'

type Step = { uses?: string; run?: string; with?: Record<string, string | number | boolean> }
type Job = {
  uses?: string
  'runs-on'?: string
  strategy?: { matrix: Record<string, string | string[]> }
  steps?: Step[]
  permissions?: Record<string, string>
  'timeout-minutes'?: number
}
type Workflow = { permissions?: Record<string, string>; jobs: Record<string, Job> }

const files = globSync('.github/workflows/*.yml').sort()
const workflows = files.map((file) => {
  const text = readFileSync(file, 'utf8')
  return { file, text, workflow: parse(text) as Workflow }
})
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file} ${name}`, job })),
)
const steps = jobs.flatMap(({ where, job }) => (job.steps ?? []).map((step) => ({ where, step })))
const commands = steps.flatMap(({ where, step }) => (step.run ? [{ where, run: step.run }] : []))

test('every action is pinned by its commit, with the tag beside it', () => {
  const used = workflows.flatMap(({ file, text }) =>
    Array.from(text.matchAll(/uses: (.+)$/gm), ([, action]) => ({ file, action: action! })),
  )
  assert.ok(used.length > 10, 'the workflows use actions')
  for (const { file, action } of used) {
    if (action.startsWith('./')) assert.ok(existsSync(action), `${file} calls ${action}`)
    else assert.match(action, /^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, file)
  }
})

test('one action has one version everywhere', () => {
  const versions = Map.groupBy(
    new Set(steps.flatMap(({ step }) => step.uses ?? [])),
    (action) => action.split('@')[0],
  )
  for (const [action, pins] of versions) assert.equal(pins.length, 1, `${action}: ${pins}`)
})

test('a workflow may read the repository, and a job asks for what else it needs', () => {
  for (const { file, workflow } of workflows) {
    assert.deepEqual(workflow.permissions, { contents: 'read' }, file)
  }
  const writes = jobs.flatMap(({ where, job }) =>
    Object.entries(job.permissions ?? {}).map(([what, may]) => `${where}: ${what} ${may}`),
  )
  for (const write of writes) assert.doesNotMatch(write, /(contents|packages|actions) write/)
})

test('no job keeps the token of the checkout or runs without an end', () => {
  for (const { where, step } of steps) {
    if (!step.uses?.startsWith('actions/checkout@')) continue
    assert.equal(step.with?.['persist-credentials'], false, where)
  }
  for (const { where, job } of jobs) assert.ok(job.uses || job['timeout-minutes'], where)
})

test('every make target, npm script, file and folder that a step names exists', () => {
  const makefile = readFileSync('Makefile', 'utf8')
  const targets = new Set(Array.from(makefile.matchAll(/^([a-z0-9-]+):/gm), ([, target]) => target))
  const scripts = JSON.parse(readFileSync('package.json', 'utf8')).scripts
  let named = 0
  for (const { where, run } of commands) {
    for (const [, target] of run.matchAll(/\bmake (?:--\S+ )*([a-z0-9-]+)/g)) {
      assert.ok(targets.has(target!), `${where}: make ${target}`)
      named++
    }
    for (const [, script] of run.matchAll(/\bnpm run ([a-z:-]+)/g)) {
      assert.ok(scripts[script!], `${where}: npm run ${script}`)
    }
    for (const [, file] of run.matchAll(/\bnode (\S+\.ts)/g)) {
      assert.ok(existsSync(file!), `${where}: ${file}`)
    }
  }
  for (const { where, step } of steps) {
    for (const key of ['file', 'work-dir', 'go-version-file']) {
      const path = step.with?.[key]
      if (path) assert.ok(existsSync(String(path)), `${where}: ${key} ${path}`)
    }
  }
  assert.ok(named > 5, 'the workflows run make')
})

test('the image of every service is built on both platforms, and pushed for both with what is in it', () => {
  const building = jobs.filter(
    ({ job }) => job.strategy?.matrix.runner && job.strategy.matrix.service,
  )
  assert.deepEqual(
    building.map(({ where }) => where.split('/').at(-1)),
    ['ci.yml images', 'deploy.yml build'],
  )
  for (const { where, job } of building) {
    const { service, runner } = job.strategy!.matrix
    assert.match(String(service), /fromJSON\(needs\.services\.outputs\.names\)/, where)
    assert.deepEqual(runner, ['ubuntu-24.04', 'ubuntu-24.04-arm'], where)
    assert.match(job['runs-on']!, /matrix\.runner/, where)
  }
  const { job: push } = jobs.find(({ where }) => where.endsWith('deploy.yml push'))!
  assert.ok(push.steps!.some((step) => step.with?.platforms === 'linux/amd64,linux/arm64'))
  assert.ok(push.steps!.some(({ run }) => /^cosign sign /.test(run ?? '')))
  assert.ok(push.steps!.some(({ run }) => /^cosign attest .*--type cyclonedx/.test(run ?? '')))
})

test('no text from outside is pasted into a shell', () => {
  for (const { where, run } of commands) {
    assert.doesNotMatch(run, /\$\{\{\s*(github\.(event|head_ref)|inputs|steps)/, where)
  }
})

const missing = await whyUnavailable('actionlint')
test('actionlint finds nothing', { skip: missing && `not linted: ${missing}` }, async () => {
  const actionlint = await ensureTool('actionlint')
  // shellcheck and pyflakes are taken from PATH where there are any: the verdict would differ by machine.
  const lint = promisify(execFile)(actionlint, ['-shellcheck=', '-pyflakes=', ...files])
  assert.equal((await lint.catch((error) => error)).stdout, '')
})
