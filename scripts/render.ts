#!/usr/bin/env node
// Writes what is generated and yet committed, so that a reviewer sees what a change does to it: Grafana's boards.
// usage: node scripts/render.ts
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dashboardFiles, RENDERED } from '../deploy/grafana/provisioning.ts'
import { services } from '../services/catalogue.ts'

await rm(RENDERED, { recursive: true, force: true })
await mkdir(RENDERED, { recursive: true })
const files = Object.entries(dashboardFiles(services))
for (const [name, content] of files) await writeFile(join(RENDERED, name), content)
console.log(`${files.length} boards in ${RENDERED}`)
