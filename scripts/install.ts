#!/usr/bin/env node
// Installs the servers that host mode needs and the machine lacks, or says how to get them.
// usage: node scripts/install.ts
import { hostProfile } from '../deploy/host/profile.ts'
import { installMissing } from './install-missing.ts'
import { script } from './report.ts'

await script(hostProfile(process.env), installMissing)
