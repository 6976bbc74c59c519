#!/usr/bin/env node
// Makes the schemas of the Kubernetes kinds that deploy/k8s uses, from the API description in Kubernetes' own Go module.
// usage: node scripts/schemas.ts
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostProfile, ROOT } from '../deploy/host/profile.ts'
import { fixtureRelease } from '../deploy/k8s/fixtures.ts'
import { manifestsOf } from '../deploy/k8s/manifests.ts'
import { KUBERNETES_VERSION, schemaFile } from '../deploy/k8s/schemas.ts'
import { script } from './report.ts'

const FOLDER = join(ROOT, 'deploy/k8s/schemas')

type Schema = { [key: string]: unknown }
type Kind = { group: string; version: string; kind: string }
type Definitions = Record<string, Schema & { 'x-kubernetes-group-version-kind'?: Kind[] }>

await script(hostProfile(process.env), async () => {
  const definitions = readDefinitions()
  const kinds = new Map<string, { apiVersion: string; kind: string }>()
  for (const name of ['kind', 'aws'] as const) {
    for (const manifest of await manifestsOf(fixtureRelease(name))) {
      kinds.set(schemaFile(manifest), manifest)
    }
  }
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER)
  let written = 0
  for (const [file, { apiVersion, kind }] of kinds) {
    const name = definitionOf(definitions, apiVersion, kind)
    // A definition that the cluster is given by an add-on.
    if (!name) continue
    writeFileSync(join(FOLDER, file), `${JSON.stringify(standalone(definitions, name))}\n`)
    written += 1
  }
  console.log(`${written} schemas of Kubernetes ${KUBERNETES_VERSION} in ${FOLDER}`)
})

function readDefinitions(): Definitions {
  const module = `k8s.io/kubernetes@${KUBERNETES_VERSION}`
  const text = execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' })
  const { Dir } = JSON.parse(text) as { Dir: string }
  return JSON.parse(readFileSync(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8')).definitions
}

function definitionOf(definitions: Definitions, apiVersion: string, kind: string) {
  const [version, group = ''] = apiVersion.split('/').reverse()
  return Object.keys(definitions).find((name) =>
    definitions[name]!['x-kubernetes-group-version-kind']?.some(
      (known) => known.kind === kind && known.version === version && known.group === group,
    ),
  )
}

/** One schema with all it refers to, in which an unknown field is an error. */
function standalone(definitions: Definitions, root: string): Schema {
  const needed = new Map<string, Schema>()
  const add = (name: string) => {
    if (needed.has(name)) return
    needed.set(name, {})
    needed.set(name, strict(definitions[name]!, add) as Schema)
  }
  add(root)
  return { $ref: `#/definitions/${root}`, definitions: Object.fromEntries(needed) }
}

function strict(node: unknown, add: (name: string) => void): unknown {
  if (Array.isArray(node)) return node.map((item) => strict(item, add))
  if (typeof node !== 'object' || node === null) return node
  const schema = node as Schema
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/definitions/', '')
    // Quantities and ports may be numbers too; the swagger says string.
    if (/\.(Quantity|IntOrString)$/.test(name)) return { type: ['string', 'integer', 'number'] }
    add(name)
    return { $ref: `#/definitions/${name}` }
  }
  const kept = Object.entries(schema).filter(
    ([key]) => !key.startsWith('x-kubernetes') && key !== 'description' && key !== 'format',
  )
  const copy = Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === 'properties' ? eachStrict(value as Schema, add) : strict(value, add),
    ]),
  )
  return copy.properties ? { ...copy, additionalProperties: false } : copy
}

/** Names of fields, among which `description` and `format` are fields like others. */
function eachStrict(properties: Schema, add: (name: string) => void): Schema {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, strict(value, add)]),
  )
}
