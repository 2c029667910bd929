import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { AppError } from '@phalanx/kit';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const MAX_DEPTH = 4;

/**
 * Checks that a server's certificate was signed, by way of what it sent along, by the anchor (PEM), is one of a server, and is for this
 * host. Its dates are not judged: a box whose clock is wrong must still find its controller, and takes nothing from it that is not signed
 * and newer than what it has. Throws `forbidden` with code `link.untrusted-server`.
 */
export function verifyServer(leaf: X509Certificate | undefined, host: string, anchorPem: string): void {
  const refuse = (why: string) => new AppError('forbidden', 'link.untrusted-server', `the server at ${host} is not our controller: ${why}`);
  if (!leaf) throw refuse('it shows no certificate');
  const anchor = new X509Certificate(anchorPem);
  if (leaf.ca || !leaf.keyUsage?.includes(SERVER_AUTH)) throw refuse('its certificate is not one of a server');
  if (!(isIP(host) ? leaf.checkIP(host) : leaf.checkHost(host))) throw refuse('its certificate is for another host');
  let current: X509Certificate = leaf;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (current.checkIssued(anchor) && current.verify(anchor.publicKey)) return;
    const issuer = current.issuerCertificate;
    if (!issuer || !issuer.ca || !current.checkIssued(issuer) || !current.verify(issuer.publicKey)) break;
    current = issuer;
  }
  throw refuse('its certificate does not come from the trusted authority');
}

/** The certificate with this fingerprint (lower-case hex SHA-256) in the chain that a server showed, as PEM; null when it is not there. */
export function findByFingerprint(leaf: X509Certificate | undefined, fingerprint: string): string | null {
  let current = leaf;
  for (let depth = 0; current && depth <= MAX_DEPTH; depth++) {
    if (current.fingerprint256.replace(/:/g, '').toLowerCase() === fingerprint) return current.toString();
    current = current.issuerCertificate;
  }
  return null;
}
