#!/usr/bin/env node
// Starts the whole platform on this machine, places one order and follows it until it is paid.
// usage: node scripts/up.ts   (MODE=host|kind, else kind where Docker answers; PORT_OFFSET=20000, INSTANCES="order=2 gateway=1", PROFILE=tiny|default)
import { chalk } from 'zx'
import { planServers, planServices, startServers, startServices } from '../deploy/host/host.ts'
import { parseInstances, rememberInstances } from '../deploy/host/instances.ts'
import { assertPortsFree } from '../deploy/host/port-check.ts'
import { hostProfile, rememberOffset } from '../deploy/host/profile.ts'
import { secretsFile } from '../deploy/host/secrets.ts'
import { findTool, whyUnavailable } from '../deploy/host/tools.ts'
import { gatewayUrl, type ServerUrls } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { installClusterPackages, installMissing } from './install-missing.ts'
import { renderStage } from './journey.ts'
import { chosenMode } from './mode.ts'
import { paidOrder } from './paid-order.ts'
import { script, step } from './report.ts'
import { DINER, PASSWORD } from './sandbox.ts'
import { seedData } from './seed-data.ts'

const profile = hostProfile(process.env)
const { MODE, INSTANCES = '' } = process.env

await script(profile, async () => {
  if ((await chosenMode(profile, MODE)) === 'kind') return upInCluster()
  const startedAt = performance.now()
  const asked = parseInstances(INSTANCES, services)
  await installMissing()
  const instances = await rememberInstances(profile, asked)
  await assertPortsFree(profile, [
    ...(await planServers(profile)),
    ...(await planServices(profile, { instances })),
  ])

  rememberOffset(profile)
  const { urls } = await startServers(profile, { step })
  await startServices(profile, { step })
  const gateway = gatewayUrl(profile)
  await step('seed', () => seedData(profile, gateway))
  await step('place an order and follow it to paid', () => showPaidOrder(gateway))
  await printUrls(gateway, urls)
  console.log(`up in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
})

/** Imported only now: what it needs is not installed for host mode. */
async function upInCluster(): Promise<void> {
  rememberOffset(profile)
  await installClusterPackages()
  const { upKind } = await import('./up-kind.ts')
  await upKind(profile, process.env)
}

async function showPaidOrder(gateway: string): Promise<void> {
  const { id, stages } = await paidOrder(gateway)
  const lines = stages.map(renderStage).join('\n')
  console.log(`${process.stdout.isTTY ? '\r\x1b[2K' : ''}order ${id}\n${lines}`)
}

async function printUrls(gateway: string, urls: ServerUrls): Promise<void> {
  const rows = {
    shop: `${gateway}/api/v1/restaurants  (${DINER.email} / ${PASSWORD})`,
    metrics: `${urls.prometheus}/classic/graph`,
    alerts: `${urls.prometheus}/classic/alerts, notified by ${urls.alertmanager}`,
    traces: await tracesLine(urls),
    queues: `${urls.management}  (restofy / "rabbitmq" in ${secretsFile(profile)})`,
  }
  for (const [name, text] of Object.entries(rows)) {
    console.log(`${chalk.bold(name.padEnd(8))} ${text}`)
  }
}

async function tracesLine({ jaeger }: ServerUrls): Promise<string> {
  const url = `${jaeger}/api/traces?service=gateway`
  if (await findTool('jaeger')) return url
  const unavailable = await whyUnavailable('jaeger')
  return unavailable
    ? `none: ${unavailable}`
    : `compiling Jaeger in the background, then ${url} (see make status, make logs S=jaeger)`
}
