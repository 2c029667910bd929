import { createPublicKey } from 'node:crypto';
import { Authority, createRootAuthority, generateCertificateKey, newSerialNumber } from '@phalanx/trust';

export interface ServerCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** The authority that signed it. */
  readonly caPem: string;
}

const DAY_MS = 86_400_000;

/** A certificate for one host name, by an authority of its own. */
export async function serverCertificate(host: string): Promise<ServerCertificate> {
  const notAfter = new Date(Date.now() + DAY_MS);
  const root = await createRootAuthority(`Authority of ${host}`, notAfter, 0);
  const authority = await Authority.open(root);
  const { privateKeyPem, publicKeyPem } = generateCertificateKey();
  const certificatePem = await authority.issue({
    commonName: host,
    serial: newSerialNumber(),
    publicKey: createPublicKey(publicKeyPem),
    use: 'server',
    names: [{ type: 'dns', value: host }],
    notBefore: new Date(),
    notAfter,
  });
  return { certificatePem, privateKeyPem, caPem: root.certificatePem };
}
