import { runtime } from '@pulumi/pulumi'
import type { Release } from './program.ts'

/** A Kubernetes object as the program asks for it. */
// biome-ignore lint/suspicious/noExplicitAny: objects of every kind
export type Manifest = { apiVersion: string; kind: string; metadata: any } & Record<string, any>

const collected: Manifest[] = []

/** Pulumi marks what is secret by this key; linters and tests want the value. */
const MARK = '4dabf18193072939515e22adb298388d'

await runtime.setMocks({
  newResource: ({ type, name, inputs, id }) => {
    if (type.startsWith('kubernetes:') && inputs.kind) collected.push(plain(inputs) as Manifest)
    return { id: id ?? name, state: inputs }
  },
  call: ({ inputs }) => inputs,
})

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  if (MARK in value) return plain((value as { value?: unknown }).value)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

/** Every object of a release, without a cluster and without Pulumi's engine. */
export async function manifestsOf(release: Release): Promise<Manifest[]> {
  // After the mocks: importing a Pulumi module may already make resources.
  const { program } = await import('./program.ts')
  collected.length = 0
  program(release)
  await runtime.disconnect()
  return structuredClone(collected)
}
