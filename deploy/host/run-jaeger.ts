// Becomes Jaeger; the first time it has to be compiled, while everything else already runs.
// usage: node deploy/host/run-jaeger.ts <config file>
import { ensureTool } from './tools.ts'

const [config] = process.argv.slice(2)
if (!config) throw new Error('usage: node deploy/host/run-jaeger.ts <config file>')

const jaeger = await ensureTool('jaeger', console.log).catch((error: Error) => {
  console.error(error.message)
  process.exit(78)
})
// Not a child: the supervisor then sees, counts and stops Jaeger itself.
process.execve?.(jaeger, [jaeger, '--config', config], {
  ...(process.env as Record<string, string>),
  // It would otherwise trace itself, into a collector on the default port.
  OTEL_TRACES_SAMPLER: 'always_off',
})
