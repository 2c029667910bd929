import type { EnrolmentGrant } from '@phalanx/contracts';
import type { LinkCredentials } from '../../platform/link-connection.js';

/** With what the link comes to the broker under this grant. */
export function credentialsOf(grant: EnrolmentGrant, privateKeyPem: string): LinkCredentials {
  const { applianceId, serial, certificatePem, caPem } = grant;
  return { identity: { applianceId, serial }, certificatePem, privateKeyPem, caPem };
}
