import { createHash, X509Certificate } from 'node:crypto';

/** Lower-case hex SHA-256 of a certificate's DER form; of the first one when the text holds several. */
export function certificateFingerprint(certificatePem: string): string {
  return createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex');
}
