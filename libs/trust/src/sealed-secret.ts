import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SealedSecret } from '@phalanx/contracts';
import { AppError, canonicalJson } from '@phalanx/kit';

const ALGORITHM = 'ECDH-ES-P256-HKDF-SHA256-A256GCM';
const TAG_BYTES = 16;

/** Whose it is: authenticated with the ciphertext. */
export type SecretBinding = Pick<SealedSecret, 'secretId' | 'applianceId' | 'serial'>;

function bindingBytes({ secretId, applianceId, serial }: SecretBinding, ephemeralKey: string): Buffer {
  return Buffer.from(canonicalJson({ algorithm: ALGORITHM, secretId, applianceId, serial, ephemeralKey }));
}

function contentKey(privateKey: KeyObject, publicKey: KeyObject, binding: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', diffieHellman({ privateKey, publicKey }), binding, 'phalanx:sealed-secret', 32));
}

/** Seals bytes so that only the holder of the recipient's P-256 key opens them, and only as this secret of this enrolment. */
export function sealSecret(plaintext: string | Buffer, recipient: KeyObject, binding: SecretBinding): SealedSecret {
  const ephemeral = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ephemeralKey = ephemeral.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const bound = bindingBytes(binding, ephemeralKey);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', contentKey(ephemeral.privateKey, recipient, bound), nonce).setAAD(bound);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  const { secretId, applianceId, serial } = binding;
  return {
    algorithm: ALGORITHM,
    secretId,
    applianceId,
    serial,
    ephemeralKey,
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
}

/** Opens what was sealed to the key (PKCS #8 PEM). Throws `forbidden` with code `trust.unsealable` for any other key, binding or altered byte. */
export function openSecret(sealed: SealedSecret, privateKeyPem: string, binding: SecretBinding): Buffer {
  try {
    const bound = bindingBytes(binding, sealed.ephemeralKey);
    const ephemeral = createPublicKey({ key: Buffer.from(sealed.ephemeralKey, 'base64'), type: 'spki', format: 'der' });
    const key = contentKey(createPrivateKey(privateKeyPem), ephemeral, bound);
    const bytes = Buffer.from(sealed.ciphertext, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'))
      .setAAD(bound)
      .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new AppError('forbidden', 'trust.unsealable', 'the secret was not sealed to this key and enrolment', { cause });
  }
}
