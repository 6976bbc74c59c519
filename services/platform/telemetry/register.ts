// Preloaded with `node --import` before any other module: only then can the hook below see them.
import { register, supportsSyncHooks } from 'import-in-the-middle/register-hooks.mjs'

if (!supportsSyncHooks()) throw new Error('tracing needs Node 24.11.1 or newer')

// The list keeps startup at 0.5 s; hooking every module costs another half second.
register({ include: ['http', 'https', 'node:http', 'node:https', 'pg', 'pg-pool', 'amqplib'] })

const { startTelemetry } = await import('./sdk.ts')
startTelemetry()
