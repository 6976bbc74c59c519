#!/usr/bin/env node
// Brings an environment to what its stacks say, after asking what that costs and whose account it is.
// usage: node scripts/aws-up.ts   (ENV=dev; DIFF=1 only shows what would change)
import { hostProfile } from '../deploy/host/profile.ts'
import { environmentCosts, overBudget } from '../infra/terraform-cdk/cost/environment.ts'
import { environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { stateBucket } from '../infra/terraform-cdk/names.ts'
import { accountNumber } from './aws-account.ts'
import { type Aws, awsCommand } from './aws-command.ts'
import { environmentFolder, stacksOf } from './aws-stacks.ts'
import { assertAccount } from './aws-teardown.ts'
import { script, step } from './report.ts'

const profile = hostProfile(process.env)

await script(profile, async () => {
  const environment = environmentNamed(process.env.ENV)
  const refused = overBudget(environment, environmentCosts(environment))
  if (refused) throw new Error(refused)
  const aws = awsCommand(['aws'], { AWS_REGION: environment.region })
  await assertAccount(environment, { number: () => accountNumber(aws) })

  const stacks = await stacksOf(environment, environmentFolder(profile, environment))
  const wanted = await allButAPresentState(aws, stateBucket(environment))
  if (process.env.DIFF) {
    for (const [stack, said] of await stacks.diff(wanted)) console.log(`\n== ${stack}\n${said}`)
  } else {
    await step(`apply the stacks of ${environment.name}`, () => stacks.apply(wanted))
  }
})

/** The bucket of the state is made once, by whoever deploys first: only there is the state of itself. */
async function allButAPresentState(aws: Aws, bucket: string) {
  const { Buckets } = await aws<{ Buckets: { Name: string }[] }>('s3api', 'list-buckets')
  const present = Buckets.some(({ Name }) => Name === bucket)
  return (stack: string) => !(present && stack.startsWith('state-'))
}
