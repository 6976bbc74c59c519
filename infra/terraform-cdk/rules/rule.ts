import type { Environment } from '../environments.ts'
import type { Attributes, Synthesised } from '../synthesise.ts'

/** One promise about everything of one type, kept or broken by what Terraform will read. */
export type Rule = {
  id: string
  /** A resource type; or `provider`, `backend`. */
  of: string
  says: string
  holds: (it: Attributes, where: Where) => boolean
}

export type Where = {
  environment: Environment
  today: Date
  /** Of the same stack. */
  resources: (type: string) => Attributes[]
}

export type Violation = { rule: string; stack: string; resource: string; says: string }

/** The everyday rule: these attributes have these values. */
export const always = (id: string, of: string, says: string, expected: Attributes): Rule => ({
  id,
  of,
  says,
  holds: (it) => has(it, expected),
})

/** The same, where the environment guards data. */
export const guarded = (id: string, of: string, says: string, expected: Attributes): Rule => ({
  id,
  of,
  says,
  holds: (it, { environment }) => !environment.protected || has(it, expected),
})

const has = (it: Attributes, expected: Attributes): boolean =>
  Object.entries(expected).every(([key, value]) => String(it[key]) === String(value))

/** A key of ours and not one of AWS's: a reference to the keys stack. */
export const isOurKey = (value: unknown): boolean => /aws_kms_key/.test(String(value))

export type PolicyStatement = {
  Effect: string
  Action?: string | string[]
  Resource?: string | string[]
  Condition?: Record<string, Record<string, unknown>>
}

export const statementsOf = (document: unknown): PolicyStatement[] =>
  JSON.parse(String(document)).Statement

export function violations(
  stacks: readonly Synthesised[],
  rules: readonly Rule[],
  today = new Date(),
): Violation[] {
  return stacks.flatMap((stack) => {
    const all = everythingIn(stack)
    const where: Where = {
      environment: stack.environment,
      today,
      resources: (type) => all.filter((it) => it.type === type).map(({ attributes }) => attributes),
    }
    return all.flatMap(({ type, name, attributes }) =>
      rules
        .filter((rule) => rule.of === type && !rule.holds(attributes, where))
        .map(({ id, says }) => ({ rule: id, stack: stack.id, resource: `${type}.${name}`, says })),
    )
  })
}

type Thing = { type: string; name: string; attributes: Attributes }

export function everythingIn({ json }: Synthesised): Thing[] {
  const resources = Object.entries(json.resource ?? {}).flatMap(([type, named]) =>
    Object.entries(named).map(([name, attributes]) => ({ type, name, attributes })),
  )
  const [backend] = Object.entries(json.terraform.backend)
  return [
    ...resources,
    { type: 'provider', name: 'aws', attributes: json.provider.aws[0]! },
    { type: 'backend', name: backend![0], attributes: { type: backend![0], ...backend![1] } },
  ]
}
