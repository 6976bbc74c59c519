#!/usr/bin/env node
// Prints a new key with which access tokens are signed, to be put where an environment keeps its secrets.
// usage: node scripts/token-key.ts
import { newTokenKey } from '../deploy/host/secrets.ts'

process.stdout.write(await newTokenKey())
