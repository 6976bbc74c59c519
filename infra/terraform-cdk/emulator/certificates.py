"""moto makes every certificate with an RSA key, whatever was asked for."""

from moto.acm.models import CertBundle
from moto.acm.responses import AWSCertificateManagerResponse


def install():
    request, describe = AWSCertificateManagerResponse.request_certificate, CertBundle.describe

    def remembering(response):
        answer = request(response)
        asked = response._get_param("KeyAlgorithm")
        response.acm_backend.get_certificate(answer.result["CertificateArn"]).asked_algorithm = asked
        return answer

    def described(bundle):
        description = describe(bundle)
        asked = getattr(bundle, "asked_algorithm", None)
        if asked:
            description["Certificate"]["KeyAlgorithm"] = asked
        return description

    AWSCertificateManagerResponse.request_certificate = remembering
    CertBundle.describe = described
