import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { environmentNamed, environments } from '../environments.ts'
import { rules } from '../rules.ts'
import { type Attributes, type Synthesised, synthesise } from '../synthesise.ts'
import { accountBreaks, type Break, platformBreaks, storeBreaks } from './breaks.ts'
import { everythingIn, violations } from './rule.ts'

// A day on which everything was supported: what time breaks is what `make infra` looks for.
const TODAY = new Date('2026-12-01')
const breaks = [...platformBreaks, ...storeBreaks, ...accountBreaks]
const production = synthesise([environmentNamed('production')])

for (const environment of environments) {
  test(`${environment.name} keeps every rule`, () => {
    assert.deepEqual(violations(synthesise([environment]), rules, TODAY), [])
  })

  test(`every rule has something to look at in ${environment.name}`, () => {
    const types = new Set(
      synthesise([environment])
        .flatMap(everythingIn)
        .map(({ type }) => type),
    )
    assert.deepEqual(
      rules.filter(({ of }) => !types.has(of)),
      [],
    )
  })
}

test('every rule is broken by one case at least', () => {
  const broken = new Set(breaks.map(({ rule }) => rule))
  assert.deepEqual(
    rules.map(({ id }) => id).filter((id) => !broken.has(id)),
    [],
  )
})

for (const wrong of breaks) {
  const what = wrong.remove ? 'removed' : JSON.stringify(wrong.change).slice(0, 70)
  test(`${wrong.of} ${what}: exactly ${wrong.rule} says so`, () => {
    const broken = violations(withBreak(production, wrong), rules, TODAY)
    assert.deepEqual([...new Set(broken.map(({ rule }) => rule))], [wrong.rule])
  })
}

test('the page of controls names every rule, and no rule that does not exist', () => {
  const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, controls] = page.split('## Every control')
  const named = Array.from(controls!.matchAll(/`([a-z0-9]+(?:-[a-z0-9_]+)+)`/g), ([, id]) => id!)
  assert.deepEqual([...new Set(named)].sort(), rules.map(({ id }) => id).sort())
})

test('a version whose standard support has ended is found on that day', () => {
  const later = violations(production, rules, new Date('2027-03-27'))
  assert.deepEqual(
    later.map(({ rule }) => rule),
    ['eks-supported-version'],
  )
})

/** The stacks with the first fitting resource changed or removed. */
function withBreak(stacks: readonly Synthesised[], { of, named, change, remove }: Break) {
  const copies = structuredClone(stacks) as Synthesised[]
  for (const stack of copies) {
    const found = everythingIn(stack).find(
      ({ type, name }) => type === of && (!named || named.test(name)),
    )
    if (!found) continue
    if (remove) delete stack.json.resource![of]![found.name]
    else if (of === 'backend') set(stack.json.terraform.backend[found.name]!, change!)
    else set(found.attributes, change!)
    return copies
  }
  throw new Error(`there is no ${of} ${named ?? ''}`)
}

/** A key may be a path: `vpc_config.subnet_ids`. */
function set(attributes: Attributes, change: Attributes): void {
  for (const [path, value] of Object.entries(change)) {
    const keys = path.split('.')
    const last = keys.pop()!
    const holder = keys.reduce((at, key) => at[key] as Attributes, attributes)
    holder[last] = value
  }
}
