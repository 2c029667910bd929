/** Which TLS certificates a tenant has. Implemented by the feature that keeps secrets; without one, certificates are not checked. */
export abstract class CertificateDirectory {
  /** Whether the certificate is there and the tenant's own. In the current transaction. */
  abstract hasCertificate(tenantId: string, certificateId: string): Promise<boolean>;
}
