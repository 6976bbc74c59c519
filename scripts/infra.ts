#!/usr/bin/env node
// Synthesises every environment and holds it against our rules, the provider's schema and checkov.
// usage: node scripts/infra.ts
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hostProfile, ROOT } from '../deploy/host/profile.ts'
import { restofyApp } from '../infra/terraform-cdk/app.ts'
import { environments } from '../infra/terraform-cdk/environments.ts'
import { violations } from '../infra/terraform-cdk/rules/rule.ts'
import { rules } from '../infra/terraform-cdk/rules.ts'
import { stacksBelow } from '../infra/terraform-cdk/synthesise.ts'
import { checkovOnStacks } from './checkov/run.ts'
import { orWhyNot } from './or-why-not.ts'
import { script, step } from './report.ts'
import { validateTogether } from './terraform-validate.ts'

const OUTDIR = join(ROOT, 'infra/terraform-cdk/cdktf.out')

await script(hostProfile(process.env), async () => {
  const stacks = await step('synthesise', async () => {
    await rm(OUTDIR, { recursive: true, force: true })
    restofyApp({ outdir: OUTDIR, environments }).synth()
    return stacksBelow(OUTDIR, environments)
  })
  console.log(`  ${stacks.length} stacks of ${environments.length} environments`)

  const complaints = [
    ...(await step('our rules', async () => brokenRules(stacks))),
    ...(await orWhyNot("the AWS provider's schema", () => validateTogether(OUTDIR))),
    ...(await orWhyNot('checkov', () => checkovOnStacks(OUTDIR))),
  ]
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
})

function brokenRules(stacks: Parameters<typeof violations>[0]): string[] {
  return violations(stacks, rules).map(
    ({ rule, stack, resource, says }) => `${rule}: ${stack} ${resource}: not so: ${says}`,
  )
}
