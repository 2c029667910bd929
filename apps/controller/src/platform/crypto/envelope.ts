import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '@phalanx/kit';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts secrets at rest: AES-256-GCM under a key derived per purpose (HKDF-SHA-256) from the master key. The purpose and the
 * context (for example a row's id) are authenticated, so that a ciphertext can't be moved to another row.
 */
export class Envelope {
  constructor(private readonly masterKey: Buffer) {
    if (masterKey.length !== 32) throw new AppError('invalid', 'crypto.master-key', 'the master key must be 32 bytes');
  }

  seal(purpose: string, context: string, plaintext: string | Buffer): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose), nonce).setAAD(Buffer.from(`${purpose}\n${context}`));
    const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
  }

  /** Throws `bug` with code `crypto.unsealable` when the bytes, the purpose, the context or the master key are not those of `seal`. */
  open(purpose: string, context: string, sealed: Buffer): Buffer {
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    try {
      if (sealed[0] !== VERSION) throw new Error(`unknown version ${sealed[0]}`);
      const decipher = createDecipheriv('aes-256-gcm', this.key(purpose), nonce)
        .setAAD(Buffer.from(`${purpose}\n${context}`))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new AppError('bug', 'crypto.unsealable', `a stored secret (${purpose}) can’t be opened: is this the right master key?`, {
        cause,
      });
    }
  }

  /** A key for another use, bound to its name: for example to derive the application role's password. */
  derive(purpose: string): Buffer {
    return this.key(`derive:${purpose}`);
  }

  private key(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.masterKey, '', `phalanx:${purpose}`, 32));
  }
}
