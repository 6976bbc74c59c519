/** When the prices were collected, and how they came: read in a published list, or `recalled`. */
export const PRICED_ON = '2026-11-24'

/** List prices in this region, on demand, in US dollars. Others differ by some percent either way. */
export const PRICED_IN = 'us-east-1'

/** Hold a `recalled` one against AWS's price list before you rely on it. */
export type Price = { usd: number; recalled?: true }

const recalled = (usd: number): Price => ({ usd, recalled: true })
const listed = (usd: number): Price => ({ usd })

/** Per hour. */
export const HOURLY = {
  'eks cluster': listed(0.1),
  // What EKS Auto Mode starts for pods of this size: 0.0816 as listed by EC2, and its own share, recalled as 12 %.
  'node m7g.large': recalled(0.0914),
  'nat gateway': listed(0.045),
  'public address': listed(0.005),
  'interface endpoint': listed(0.01),
  'load balancer': listed(0.0225),
  'db.t4g.small': listed(0.032),
  'db.t4g.medium': listed(0.065),
  'db.t4g.large': listed(0.129),
  'db.m7g.large': listed(0.162),
  'db.m7g.xlarge': recalled(0.324),
  'cache.t4g.micro': recalled(0.0128),
  'cache.t4g.small': recalled(0.0256),
  'cache.t4g.medium': recalled(0.052),
  'cache.m7g.large': recalled(0.1264),
  'mq.m7g.medium': recalled(0.145),
  'mq.m7g.large': recalled(0.29),
} satisfies Record<string, Price>

/** Per month: one of it, or one gigabyte of it. */
export const MONTHLY = {
  'kms key': listed(1),
  secret: listed(0.4),
  'database gp3 gb': listed(0.115),
  'volume gp3 gb': recalled(0.08),
} satisfies Record<string, Price>

/** Per unit of use, which no plan shows. */
export const USAGE = {
  'vCPU hour': recalled(0.0457),
  'log gb': listed(0.5),
  'between zones gb': recalled(0.02),
} satisfies Record<string, Price>

export const HOURS_PER_MONTH = 730

export function hourly(what: string): Price {
  const price: Price | undefined = HOURLY[what as keyof typeof HOURLY]
  if (price) return price
  throw new Error(`no price for ${what}: add it to infra/terraform-cdk/cost/prices.ts`)
}
