import { type X509Certificate as NodeCertificate } from 'node:crypto';
import { X509Certificate, X509Crl, X509CrlGenerator, X509CrlReason } from '@peculiar/x509';
import { AppError } from '@phalanx/kit';
import type { Authority } from './authority.js';
import { EC_ALGORITHM } from './x509.js';

export interface RevokedSerial {
  /** Lower-case hex. */
  readonly serial: string;
  readonly revokedAt: Date;
  /** `hold` can be taken back. */
  readonly reason: 'revoked' | 'superseded' | 'hold';
}

const REASONS = {
  revoked: X509CrlReason.privilegeWithdrawn,
  superseded: X509CrlReason.superseded,
  hold: X509CrlReason.certificateHold,
} as const;

/** The authority's revocation list in PEM, in the form that OpenSSL reads. */
export async function issueRevocationList(
  authority: Authority,
  revoked: readonly RevokedSerial[],
  validity: { readonly thisUpdate: Date; readonly nextUpdate: Date },
): Promise<string> {
  const crl = await X509CrlGenerator.create({
    issuer: authority.certificate.subject,
    thisUpdate: validity.thisUpdate,
    nextUpdate: validity.nextUpdate,
    signingAlgorithm: EC_ALGORITHM,
    signingKey: authority.signingKey,
    entries: revoked.map((entry) => ({ serialNumber: entry.serial, revocationDate: entry.revokedAt, reason: REASONS[entry.reason] })),
  });
  // The library writes "BEGIN CRL", which OpenSSL does not know.
  return `${crl
    .toString('pem')
    .replace(/(BEGIN|END) CRL/g, '$1 X509 CRL')
    .trim()}\n`;
}

/**
 * Refuses a list that must not be installed, as `invalid` with code `trust.bad-crl`: unreadable, signed by another authority, out of
 * date, or without one of the serials that must be on it. A broker that can't read its list admits revoked certificates, so nothing unchecked may reach it.
 */
export async function checkRevocationList(pem: string, authorityPem: string, mustHold: readonly string[], now: Date): Promise<void> {
  let crl: X509Crl;
  try {
    if (!/^-----BEGIN X509 CRL-----\n[A-Za-z0-9+/=\n]+-----END X509 CRL-----\n$/.test(pem)) throw new Error('it is not one PEM block');
    crl = new X509Crl(pem.replace(/X509 CRL/g, 'CRL'));
    if (!(await crl.verify({ publicKey: new X509Certificate(authorityPem) }))) throw new Error('its signature is not the authority’s');
  } catch (cause) {
    throw new AppError('invalid', 'trust.bad-crl', 'the revocation list is broken', { cause });
  }
  if (!crl.nextUpdate || crl.nextUpdate <= now) throw new AppError('invalid', 'trust.bad-crl', 'the revocation list is out of date');
  const listed = new Set(crl.entries.map((entry) => entry.serialNumber.replace(/^0+/, '').toLowerCase()));
  const missing = mustHold.filter((serial) => !listed.has(serial));
  if (missing.length > 0)
    throw new AppError('invalid', 'trust.bad-crl', 'the revocation list lacks a revoked certificate', { details: { missing } });
}

/** Serial of a certificate as our identities write it: lower-case hex without leading zeros. */
export function serialOf(certificate: NodeCertificate): string {
  return certificate.serialNumber.toLowerCase().replace(/^0+/, '');
}
