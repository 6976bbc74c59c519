#!/usr/bin/env node
// Deploys images to an environment's cluster, sends them a little load, and goes back when an objective is missed.
// usage: node scripts/aws-deploy.ts   (ENV=dev TAG=<git commit>; after make outputs)
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Provider } from '@pulumi/kubernetes'
import { secret } from '@pulumi/pulumi'
import { LocalWorkspace } from '@pulumi/pulumi/automation/index.js'
import { $ } from 'zx'
import { hostProfile } from '../deploy/host/profile.ts'
import { thirdPartyImages } from '../deploy/k8s/images.ts'
import { type Inputs, parseInputs } from '../deploy/k8s/inputs.ts'
import { NAMESPACE, workloadName } from '../deploy/k8s/names.ts'
import { program } from '../deploy/k8s/program.ts'
import { ensurePrograms } from '../deploy/kind/programs.ts'
import { type Environment, environmentNamed } from '../infra/terraform-cdk/environments.ts'
import { clusterName, named, stateBucket } from '../infra/terraform-cdk/names.ts'
import { services } from '../services/catalogue.ts'
import { accountNumber } from './aws-account.ts'
import { awsCommand } from './aws-command.ts'
import { environmentFolder } from './aws-stacks.ts'
import { assertAccount } from './aws-teardown.ts'
import { runK6 } from './k6.ts'
import { release, type Tags } from './release.ts'
import { script, step } from './report.ts'

const profile = hostProfile(process.env)

await script(profile, async () => {
  const environment = environmentNamed(process.env.ENV)
  const { TAG } = process.env
  if (!TAG) throw new Error('TAG= is missing: the commit whose images were pushed')
  const folder = environmentFolder(profile, environment)
  const inputs = await inputsIn(folder, environment)
  const aws = awsCommand(['aws'], { AWS_REGION: environment.region })
  await assertAccount(environment, { number: () => accountNumber(aws) })
  await ensurePrograms(console.log)
  const kubeconfig = join(folder, 'kubeconfig')
  await aws(
    ...['eks', 'update-kubeconfig', '--name', clusterName(environment), '--kubeconfig', kubeconfig],
  )
  await release(Object.fromEntries(services.map(({ name }) => [name, TAG])), {
    running: () => runningTags(kubeconfig),
    up: (tags) => step('pulumi up', () => up(environment, { folder, inputs, kubeconfig, tags })),
    smoke: () => step('smoke', () => smoke(inputs)),
  })
})

async function inputsIn(folder: string, { name }: Environment): Promise<Inputs> {
  const file = join(folder, 'inputs.json')
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new Error(`${file} is missing: make outputs ENV=${name}`, { cause })
  })
  return parseInputs(JSON.parse(text), services)
}

async function runningTags(kubeconfig: string): Promise<Tags | undefined> {
  const kubectl = $({ quiet: true })
  const { stdout } =
    await kubectl`kubectl --kubeconfig ${kubeconfig} -n ${NAMESPACE} get deployments --output json`
  const images = new Map<string, string>(
    JSON.parse(stdout).items.map((item: Deployment) => [
      item.metadata.name,
      item.spec.template.spec.containers[0]!.image,
    ]),
  )
  const tags = services.flatMap((service) => {
    const image = images.get(workloadName(service, service.roles[0]!))
    return image ? [[service.name, image.split(':').at(-1)!]] : []
  })
  return tags.length === services.length ? Object.fromEntries(tags) : undefined
}

type Deployment = {
  metadata: { name: string }
  spec: { template: { spec: { containers: { image: string }[] } } }
}

type Release = { folder: string; inputs: Inputs; kubeconfig: string; tags: Tags }

/** The program of the kind cluster, with its state beside Terraform's and its secrets under the same key. */
async function up(environment: Environment, { folder, inputs, kubeconfig, tags }: Release) {
  const workDir = join(folder, 'pulumi')
  await mkdir(workDir, { recursive: true })
  const { region } = environment
  const access = secret(await readFile(kubeconfig, 'utf8'))
  const stack = await LocalWorkspace.createOrSelectStack(
    {
      projectName: 'restofy',
      stackName: environment.name,
      program: async () => {
        const provider = new Provider('cluster', { kubeconfig: access })
        program({ services, inputs, tags, images: thirdPartyImages(process.env) }, { provider })
      },
    },
    {
      workDir,
      projectSettings: {
        name: 'restofy',
        runtime: 'nodejs',
        backend: { url: `s3://${stateBucket(environment)}/pulumi?region=${region}` },
      },
      secretsProvider: `awskms://alias/${named(environment, 'data')}?region=${region}`,
      envVars: { PULUMI_SKIP_UPDATE_CHECK: 'true', AWS_REGION: region },
    },
  )
  await stack.up({ onOutput: process.env.DEBUG ? console.log : undefined })
}

async function smoke({ entrance }: Inputs): Promise<void> {
  if (entrance.by !== 'ingress') throw new Error('this environment has no public name to try')
  const { failed, report } = await runK6(profile, 'smoke', { gateway: `https://${entrance.host}` })
  if (failed) throw new Error(`an objective was missed: ${report}`)
}
