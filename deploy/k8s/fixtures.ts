import { readFileSync } from 'node:fs'
import { services } from '../../services/catalogue.ts'
import { thirdPartyImages } from './images.ts'
import { parseInputs } from './inputs.ts'
import type { Release } from './program.ts'

/**
 * A release with what a kind cluster or AWS hands over: what tests and linters look at. AWS_INPUTS
 * names a file of what stacks really handed over.
 */
export function fixtureRelease(name: 'kind' | 'aws'): Release {
  const real = name === 'aws' && process.env.AWS_INPUTS
  const file = real || new URL(`./fixtures/${name}.json`, import.meta.url)
  const inputs = parseInputs(JSON.parse(readFileSync(file, 'utf8')), services)
  const tags = Object.fromEntries(services.map((service) => [service.name, '0123456789ab']))
  return { services, inputs, tags, images: thirdPartyImages() }
}
