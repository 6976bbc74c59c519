import { Router } from 'express'

export type Check = () => Promise<void>

export type HealthDeps = {
  service: string
  version: string
  environment: string
  checks: Readonly<Record<string, Check>>
  /** False until the service can do its work, and again from the moment it drains. */
  ready: () => boolean
}

const CHECK_WITHIN_MS = 1_000

/**
 * `/livez`: the process turns; touches nothing. `/readyz`: send me traffic. `/health`: the long
 * answer for people, with every dependency; 503 when one of them does not answer.
 */
export function healthRoutes(deps: HealthDeps): Router {
  const routes = Router()
  routes.get('/livez', (_req, res) => {
    res.json({ status: 'alive' })
  })
  routes.get('/readyz', (_req, res) => {
    const ready = deps.ready()
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not-ready' })
  })
  routes.get('/health', async (_req, res) => {
    const probes = Object.entries(deps.checks).map(
      async ([name, check]) => [name, await probe(check)] as const,
    )
    const dependencies = Object.fromEntries(await Promise.all(probes))
    const healthy = Object.values(dependencies).every(({ status }) => status === 'healthy')
    res.status(healthy ? 200 : 503).json({
      service: `${deps.service}-service`,
      status: healthy ? 'healthy' : 'unhealthy',
      timestamp: new Date().toISOString(),
      uptime: process.uptime(),
      version: deps.version,
      environment: deps.environment,
      dependencies,
      resources: { memory: process.memoryUsage(), cpu: process.cpuUsage() },
    })
  })
  return routes
}

async function probe(check: Check): Promise<{ status: string; latencyMs: number }> {
  const started = performance.now()
  let status = 'healthy'
  try {
    await Promise.race([check(), timeout()])
  } catch {
    status = 'unhealthy'
  }
  return { status, latencyMs: Math.round(performance.now() - started) }
}

const timeout = () =>
  new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('no answer in time')), CHECK_WITHIN_MS).unref()
  })
