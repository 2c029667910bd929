import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';
import { Key, Signature } from '@tufjs/models';
import { sha256Hex } from '@phalanx/kit';

/** One Ed25519 key that signs TUF metadata. */
export interface RoleKey {
  /** SHA-256 over the canonical form of the public key, as TUF names keys. */
  readonly keyId: string;
  /** The public part as it stands in metadata. */
  readonly publicKey: Key;
  readonly privateKey: KeyObject;
}

/** A key as it is kept: PKCS #8 in PEM. To be sealed before it is written anywhere. */
export type StoredRoleKey = string;

/** A new key, in the form in which it is kept. */
export function generateRoleKey(): StoredRoleKey {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** Throws what `node:crypto` throws for a text that is no Ed25519 key. */
export function loadRoleKey(stored: StoredRoleKey): RoleKey {
  const privateKey = createPrivateKey(stored);
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  // An Ed25519 SubjectPublicKeyInfo ends with the 32 bytes of the key itself. @see RFC 8410
  const value = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: der.subarray(-32).toString('hex') } };
  const keyId = sha256Hex(canonicalize(value));
  return { keyId, publicKey: Key.fromJSON(keyId, value), privateKey };
}

/** Signs bytes as the `Metadata` of the models wants it. */
export function signerOf(key: RoleKey): (data: Buffer) => Signature {
  return (data) => new Signature({ keyID: key.keyId, sig: sign(null, data, key.privateKey).toString('hex') });
}
