#!/usr/bin/env node
// Places an order through the gateway and draws its journey. Exit 1 when it does not end as expected.
// usage: node scripts/order.ts   (TOKEN=tok_ok|tok_declined|tok_flaky|tok_slow|tok_timeout)
import { hostProfile } from '../deploy/host/profile.ts'
import { gatewayUrl } from '../deploy/host/urls.ts'
import { orderJourney, renderStage } from './journey.ts'
import { script } from './report.ts'

const profile = hostProfile(process.env)
const token = process.env.TOKEN || 'tok_ok'

await script(profile, async () => {
  const stages = await orderJourney(gatewayUrl(profile), {
    token,
    tell: (stage) => {
      if (stage.status === 'placed') {
        console.log(`order ${stage.order.id}  ${stage.order.totalAmount.toFixed(2)} EUR  ${token}`)
      }
      console.log(renderStage(stage))
    },
  })
  const wanted = token === 'tok_declined' ? 'cancelled' : 'paid'
  const { status } = stages.at(-1)!
  if (status !== wanted) throw new Error(`the order ended as ${status}, not ${wanted}`)
})
