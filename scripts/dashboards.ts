#!/usr/bin/env node
// Draws every panel of every board from live figures, and one order's trace, into one page that needs no
// Grafana and no network to be read.
// usage: node scripts/dashboards.ts   (MINUTES=30 S=order)
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { boardsOf } from '../deploy/grafana/boards.ts'
import { findOnPath } from '../deploy/host/binaries.ts'
import { hostProfile } from '../deploy/host/profile.ts'
import { ensureSecrets } from '../deploy/host/secrets.ts'
import { serverUrls } from '../deploy/host/urls.ts'
import { services } from '../services/catalogue.ts'
import { boardSection, type Counts, type View } from './board-page.ts'
import { escaped } from './chart.ts'
import { traceOfAnOrder } from './jaeger-trace.ts'
import { answers, machine } from './machine.ts'
import { PAGE_STYLE } from './page-style.ts'
import { script } from './report.ts'
import { waterfall } from './waterfall.ts'

const profile = hostProfile(process.env)
const { MINUTES = '30', S = 'order' } = process.env

await script(profile, async () => {
  if (!services.some(({ name }) => name === S)) throw new Error(`there is no service ${S}`)
  const urls = serverUrls(profile, await ensureSecrets(profile, services))
  if (!(await answers(`${urls.prometheus}/-/ready`))) {
    throw new Error(`no Prometheus answers at ${urls.prometheus}: make up first`)
  }
  const to = Math.floor(Date.now() / 1_000)
  const view = { prometheus: urls.prometheus, service: S, from: to - Number(MINUTES) * 60, to }
  const { html, counts } = await page(view, urls.jaeger)
  const folder = join(profile.dir, 'reports')
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'dashboards.html')
  await writeFile(file, html)
  console.log(
    `${counts.drawn} panels drawn, ${counts.empty.length} without data in the last ${MINUTES} minutes, ${counts.clusterOnly} only in kind and AWS`,
  )
  if (counts.empty.length > 0) console.log(`without data: ${counts.empty.join(', ')}`)
  console.log(`file://${file}`)
  if (findOnPath('grafana')) console.log(urls.grafana)
})

async function page(view: View, jaeger: string): Promise<{ html: string; counts: Counts }> {
  const boards = boardsOf(services)
  const counts: Counts = { drawn: 0, empty: [], clusterOnly: 0 }
  const sections = []
  for (const board of boards) sections.push(await boardSection(board, view, counts))
  const trace = await traceOfAnOrder(jaeger)
  const links = boards.map(({ uid, title }) => `<a href="#${uid}">${escaped(title)}</a>`)
  const drawnTrace = trace
    ? waterfall(trace)
    : '<p>No trace of an order within the last hour: make order, and see make logs S=jaeger.</p>'
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Restofy</title><style>${PAGE_STYLE}</style>
<h1>Restofy</h1><p>${escaped(machine())}; times are UTC</p><nav>${links.join(' ')} <a href="#trace">An order’s trace</a></nav>
${sections.join('\n')}
<section id="trace"><h2>An order’s trace</h2>${drawnTrace}</section></html>
`
  return { html, counts }
}
