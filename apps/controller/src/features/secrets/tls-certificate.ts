import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { AppError } from '@phalanx/kit';

const LEAST_RSA_BITS = 2048;
const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export interface ReadCertificate {
  /** Lower-case hex SHA-256 of the leaf. */
  readonly fingerprint: string;
  /** Names that the certificate is good for. */
  readonly subjects: readonly string[];
  readonly notAfter: Date;
  /** The chain, leaf first, and the key as PKCS #8: both in a form that OpenSSL reads. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

function refuse(message: string, cause?: unknown): AppError {
  return new AppError('invalid', 'secrets.bad-certificate', message, cause === undefined ? {} : { cause });
}

function readKey(privateKeyPem: string): KeyObject {
  try {
    return createPrivateKey(privateKeyPem);
  } catch (cause) {
    throw refuse('the private key is not an unencrypted key in PEM', cause);
  }
}

/** Reads a certificate chain with its key. Throws `invalid` when either is unreadable, they don't belong together, or it can't serve TLS. */
export function readCertificate(certificatePem: string, privateKeyPem: string): ReadCertificate {
  const blocks = certificatePem.match(PEM_BLOCK) ?? [];
  let chain: X509Certificate[];
  try {
    chain = blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw refuse('the certificate is not readable', cause);
  }
  const [leaf] = chain;
  if (!leaf) throw refuse('the text holds no certificate in PEM');
  const key = readKey(privateKeyPem);
  if (!['rsa', 'ec'].includes(key.asymmetricKeyType ?? '')) throw refuse('the key must be RSA or EC');
  if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_RSA_BITS)
    throw refuse(`an RSA key needs at least ${LEAST_RSA_BITS} bits`);
  if (!leaf.checkPrivateKey(key)) throw refuse('the private key is not that of the certificate');
  const notAfter = new Date(leaf.validTo);
  if (notAfter <= new Date()) throw refuse('the certificate has run out');
  return {
    fingerprint: leaf.fingerprint256.replace(/:/g, '').toLowerCase(),
    subjects: namesOf(leaf),
    notAfter,
    certificatePem: blocks.map((block) => `${block}\n`).join(''),
    privateKeyPem: key.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function namesOf(leaf: X509Certificate): string[] {
  const alternative = (leaf.subjectAltName ?? '').split(', ').flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
  if (alternative.length > 0) return alternative;
  const common = /^CN=(.+)$/m.exec(leaf.subject)?.[1];
  return common ? [common] : [];
}
