"""HTTP routes of certificates."""

from chassis.documents.shelf import certificate_routes
from contracts.booking import certificates_api as api

from .commands import issue_certificate
from .queries import certificate_file, certificates

ROUTES = certificate_routes(api, certificates, issue_certificate, certificate_file)
