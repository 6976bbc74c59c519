#!/usr/bin/env node
// Asks the running platform what it documents, and much that it does not allow, and fails on a 5xx or on an
// answer that is not as documented. It leaves nonsense behind: give it a platform of its own.
// usage: node scripts/fuzz.ts   (SECS=60 per person, CASES=100 per operation, SEED=1, AS=customer|restaurant|admin)
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hostProfile } from '../deploy/host/profile.ts'
import { gatewayUrl } from '../deploy/host/urls.ts'
import { answers } from './machine.ts'
import { ensurePythonTool } from './python-tool.ts'
import { script } from './report.ts'
import { ADMIN, PASSWORD } from './sandbox.ts'
import { logIn, register } from './shop.ts'

const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance'],
  ...['negative_data_rejection', 'ignored_auth'],
]

/** An administrator sees orders that still move, and their streams do not end. */
const PEOPLE = { customer: [], restaurant: [], admin: ['--exclude-path-regex', '/events$'] }
type Role = keyof typeof PEOPLE
const ROLES = Object.keys(PEOPLE) as Role[]

const profile = hostProfile(process.env)
const { GATEWAY = gatewayUrl(profile), AS, SECS = '60', CASES = '100' } = process.env
const { SEED = String(Math.floor(Math.random() * 1e6)) } = process.env

await script(profile, async () => {
  const roles = AS ? ROLES.filter((role) => role === AS) : ROLES
  if (roles.length === 0) throw new Error(`AS=${AS} is nobody: ${ROLES.join(', ')}`)
  if (!(await answers(`${GATEWAY}/readyz`))) {
    throw new Error(`nothing answers at ${GATEWAY}: make up first`)
  }
  const python = await ensurePythonTool('schemathesis')
  const broken: Role[] = []
  for (const role of roles) if (!(await keepsItsWord(python, role))) broken.push(role)
  if (broken.length === 0) return console.log(`as documented to everybody (SEED=${SEED})`)
  throw new Error(`not as documented: see above; again by SEED=${SEED} AS=${broken[0]}`)
})

async function keepsItsWord(python: string, role: Role): Promise<boolean> {
  console.log(`\nas ${role}, ${SECS} s`)
  const cwd = join(profile.dir, 'fuzz')
  await mkdir(cwd, { recursive: true })
  const fuzz = spawn(
    python,
    [
      ...['-m', 'schemathesis.cli', 'run', `${GATEWAY}/openapi.json`],
      ...['--header', `Authorization: Bearer ${await tokenOf(role)}`],
      ...['--phases', 'coverage,fuzzing,stateful', '--checks', CHECKS.join()],
      ...['--max-time', SECS, '--max-examples', CASES, '--seed', SEED],
      ...['--request-timeout', '10', '--rate-limit', 'auto', '--warnings', 'off'],
      ...['--continue-on-failure', '--no-color', ...PEOPLE[role]],
    ],
    { cwd, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const [code] = await once(fuzz, 'exit')
  // 1: something is not as documented. Anything else: it could not tell.
  if (code !== 0 && code !== 1) throw new Error(`schemathesis ended with ${code}: see above`)
  return code === 0
}

/** Of somebody new, who may be deleted meanwhile. Nobody can make an administrator. */
async function tokenOf(role: Role): Promise<string> {
  const email = role === 'admin' ? ADMIN.email : `fuzz-${randomUUID()}@restofy.test`
  if (role !== 'admin')
    await register({ gateway: GATEWAY }, { name: 'F', email, password: PASSWORD, role })
  const { token } = await logIn(GATEWAY, email, PASSWORD)
  return token!
}
