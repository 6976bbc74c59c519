import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate/index.js'
import type { Construct } from 'constructs'
import { RestofyStack, type Target } from './stack.ts'

/** The certificate of the public name. Its proof is a DNS record, which whoever owns the name makes. */
export class EntranceStack extends RestofyStack {
  constructor(scope: Construct, target: Target) {
    super(scope, 'entrance', target)
    const certificate = new AcmCertificate(this, 'certificate', {
      domainName: target.environment.host,
      validationMethod: 'DNS',
      keyAlgorithm: 'EC_prime256v1',
      lifecycle: { createBeforeDestroy: true },
    })
    this.output('certificate_arn', certificate.arn)
    this.output('certificate_proof', certificate.domainValidationOptions)
  }
}
