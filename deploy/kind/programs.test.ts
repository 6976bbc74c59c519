import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, type TestContext, test } from 'node:test'
import { findOnPath } from '../host/binaries.ts'
import { findTool, pinnedVersion, ToolUnavailable } from '../host/tools.ts'
import { archiveOf, ensurePulumi, findPulumi, PULUMI_PROGRAMS, pinnedRelease } from './pulumi.ts'

const before = { PATH: process.env.PATH, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }
let home: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'restofy-programs-'))
  process.env.XDG_CACHE_HOME = join(home, 'cache')
  // Only what unpacking needs: this machine's own programs are not to be found.
  process.env.PATH = join(home, 'bin')
  mkdirSync(process.env.PATH)
  for (const name of ['tar', 'gzip']) {
    symlinkSync(findOnPath(name, before.PATH)!, join(home, 'bin', name))
  }
})
afterEach(() => {
  rmSync(home, { recursive: true })
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

test('each platform has an archive of its own, and a checksum of its own', () => {
  const archives = PULUMI_PROGRAMS.flatMap((name) => [
    archiveOf(name, 'linux-x64'),
    archiveOf(name, 'linux-arm64'),
  ])
  assert.deepEqual(
    archives.map(({ url }) => url.split('/').at(-1)),
    [
      'pulumi-v3.267.0-linux-x64.tar.gz',
      'pulumi-v3.267.0-linux-arm64.tar.gz',
      'pulumi-resource-kubernetes-v4.34.2-linux-amd64.tar.gz',
      'pulumi-resource-kubernetes-v4.34.2-linux-arm64.tar.gz',
    ],
  )
  assert.ok(archives.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)))
  assert.equal(new Set(archives.map(({ sha256 }) => sha256)).size, 4)
})

test('a platform without an archive is told where to get the program', () => {
  assert.throws(
    () => archiveOf('pulumi', 'darwin-arm64'),
    /not known for darwin-arm64. How to install it: https/,
  )
})

test('the plugin is that of the npm package which speaks to it', () => {
  const { dependencies } = JSON.parse(readFileSync('deploy/k8s/package.json', 'utf8'))
  assert.equal(pinnedRelease('pulumi-resource-kubernetes'), dependencies['@pulumi/kubernetes'])
})

test('what is downloaded is unpacked once, and found from then on', async (context) => {
  let asked = 0
  const packed = archive()
  const url = await served(context, (_request, response) => {
    asked += 1
    response.end(packed)
  })
  const said: string[] = []
  const ensure = () =>
    ensurePulumi(
      'pulumi',
      (line) => said.push(line),
      () => ({ url, sha256: sha256(packed) }),
    )
  const program = await ensure()
  assert.equal(execFileSync(program, { encoding: 'utf8' }), 'v3.267.0\n')
  assert.equal(await ensure(), program)
  assert.equal(await findPulumi('pulumi'), program)
  assert.equal(asked, 1)
  assert.deepEqual(said, ['downloading pulumi 3.267.0, once'])
})

test('another archive than the known one is named, with both checksums, and nothing of it stays', async (context) => {
  const packed = archive()
  const url = await served(context, (_request, response) => response.end(packed))
  const known = 'a'.repeat(64)
  await assert.rejects(
    ensurePulumi(
      'pulumi',
      () => {},
      () => ({ url, sha256: known }),
    ),
    ({ message }: Error) =>
      [url, known, sha256(packed), 'not unpacked'].every((part) => message.includes(part)),
  )
  assert.deepEqual(readdirSync(join(home, 'cache/restofy/tools')), [])
})

test('a server that refuses, breaks off or is not there is named with the reason', async (context) => {
  const refusing = await served(context, (_request, response) => {
    response.writeHead(403).end()
  })
  const breaking = await served(context, (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('half', () => response.destroy())
  })
  for (const [url, reason] of [
    [refusing, /the answer is 403/],
    [breaking, /cannot be fetched: (other side closed|terminated|aborted)/],
    ['http://127.0.0.1:9/', /cannot be fetched: .*(ECONNREFUSED|bad port)/],
  ] as const) {
    await assert.rejects(
      ensurePulumi(
        'pulumi',
        () => {},
        () => ({ url, sha256: '' }),
      ),
      (error: Error) =>
        error instanceof ToolUnavailable &&
        error.message.includes(url) &&
        reason.test(error.message),
    )
  }
})

test('a program on PATH is taken when it is new enough', async () => {
  const versions = {
    kind: ['kind v0.33.0 go1.26.8 linux/amd64', 'kind v0.20.0 go1.20 linux/amd64'],
    kubectl: ['Client Version: v1.34.4', 'Client Version: v1.29.0'],
    pulumi: ['v3.259.0', 'v3.99.0'],
  }
  for (const [name, [fitting, old]] of Object.entries(versions)) {
    const find = () => (name === 'pulumi' ? findPulumi(name) : findTool(name as 'kind' | 'kubectl'))
    onPath(name, fitting!)
    assert.equal(await find(), join(home, 'bin', name))
    onPath(name, old!)
    assert.equal(await find(), undefined, `${old} is too old`)
  }
})

test('kind and kubectl are pinned, and kubectl’s parts with it', () => {
  const kubectl = readFileSync('tools/kubectl/go.mod', 'utf8')
  const version = pinnedVersion(kubectl)
  assert.match(pinnedVersion(readFileSync('tools/kind/go.mod', 'utf8')), /^v0\.\d+\.\d+$/)
  const parts = kubectl.match(/=> k8s\.io\/[a-z-]+ v\S+/g)!
  assert.ok(parts.length > 30)
  for (const part of parts) assert.ok(part.endsWith(version.replace('v1.', ' v0.')), part)
})

function onPath(name: string, says: string): void {
  writeFileSync(join(home, 'bin', name), `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 })
}

function archive(): Buffer {
  const folder = join(home, 'packed/pulumi')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'pulumi'), '#!/bin/sh\necho v3.267.0\n', { mode: 0o755 })
  return execFileSync('tar', ['-cz', '-C', join(home, 'packed'), 'pulumi'])
}

const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

async function served(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  context.after(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/pulumi.tar.gz`
}
