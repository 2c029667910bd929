import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { AppError, canonicalJson } from '@phalanx/kit';
import { keyIdOf } from './key-pair.js';

/** A value with detached Ed25519 signatures (base64) over its canonical JSON. */
export interface SignedStatement<T> {
  readonly signed: T;
  readonly signatures: readonly { readonly keyId: string; readonly signature: string }[];
}

/** Signs the value with each of the Ed25519 private keys (PKCS #8 PEM). */
export function signStatement<T>(signed: T, privateKeysPem: readonly string[]): SignedStatement<T> {
  const bytes = Buffer.from(canonicalJson(signed));
  return {
    signed,
    signatures: privateKeysPem.map((pem) => ({
      keyId: keyIdOf(pem),
      signature: sign(null, bytes, createPrivateKey(pem)).toString('base64'),
    })),
  };
}

/**
 * The id of the trusted key (SubjectPublicKeyInfo PEM) whose signature holds. Throws `forbidden` with code `trust.unsigned` when none does.
 * A key's id is computed, never taken from the statement, so that a signature can't be filed under a trusted name.
 */
export function verifyStatement(statement: SignedStatement<unknown>, trustedPublicKeysPem: readonly string[]): string {
  const bytes = Buffer.from(canonicalJson(statement.signed));
  for (const pem of trustedPublicKeysPem) {
    const keyId = keyIdOf(pem);
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType !== 'ed25519') continue;
    const holds = statement.signatures.some(
      (entry) => entry.keyId === keyId && verify(null, bytes, key, Buffer.from(entry.signature, 'base64')),
    );
    if (holds) return keyId;
  }
  throw new AppError('forbidden', 'trust.unsigned', 'no trusted key has signed this statement');
}
