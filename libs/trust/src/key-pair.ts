import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { AppError } from '@phalanx/kit';

export interface KeyPairPem {
  /** PKCS #8. */
  readonly privateKeyPem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKeyPem: string;
}

function toPem({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }): KeyPairPem {
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
}

/** A new P-256 key: for certificates, for proofs of possession and to seal to. */
export function generateCertificateKey(): KeyPairPem {
  return toPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
}

/** A new Ed25519 key: for signed statements. */
export function generateStatementKey(): KeyPairPem {
  return toPem(generateKeyPairSync('ed25519'));
}

/** The id of a key: lower-case hex SHA-256 of its SubjectPublicKeyInfo in DER. Takes the public or the private key in PEM. */
export function keyIdOf(keyPem: string): string {
  return createHash('sha256')
    .update(createPublicKey(keyPem).export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** A P-256 public key. Throws `invalid` with code `trust.bad-key` for text that is none, and for another kind of key. */
export function parseCertificatePublicKey(publicKeyPem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey(publicKeyPem);
  } catch (cause) {
    throw new AppError('invalid', 'trust.bad-key', 'the text holds no public key in PEM', { cause });
  }
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new AppError('invalid', 'trust.bad-key', 'the key must be an EC key on P-256');
  return key;
}
