#!/usr/bin/env node
// The services whose images are built, as JSON: the pipeline's matrix.
// usage: node scripts/service-names.ts
import { services } from '../services/catalogue.ts'

console.log(JSON.stringify(services.map(({ name }) => name)))
