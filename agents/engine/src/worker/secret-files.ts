import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { tlsSecretSchema, type AppliancePolicy, type TlsSecret } from '@phalanx/contracts';
import { AppError, messageOf, nodeDisk } from '@phalanx/kit';

/**
 * Reads the certificates that a policy names from `<folder>/<id>.json`. Throws `unavailable` for one that is missing and
 * `invalid` for one that can't be read; neither message holds any of its content.
 */
export function readTlsSecrets(policy: AppliancePolicy, folder: string): Map<string, TlsSecret> {
  const secrets = new Map<string, TlsSecret>();
  for (const { name, settings } of policy.applications) {
    const id = settings.tls.certificateId;
    if (id === null || secrets.has(id)) continue;
    const bytes = nodeDisk.read(join(folder, `${id}.json`));
    if (bytes === null) {
      throw new AppError('unavailable', 'engine.missing-secret', `application ${name} needs certificate ${id}, which is not on this box`);
    }
    secrets.set(id, parseSecret(id, bytes));
  }
  return secrets;
}

/** OpenSSL's word on whether certificate and key can be used together. */
function checkUsable({ certificatePem, privateKeyPem }: TlsSecret): void {
  createSecureContext({ cert: certificatePem, key: privateKeyPem });
}

function parseSecret(id: string, bytes: Buffer): TlsSecret {
  try {
    const secret = tlsSecretSchema.parse(JSON.parse(bytes.toString('utf8')));
    checkUsable(secret);
    return secret;
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : messageOf(error);
    throw new AppError('invalid', 'engine.bad-secret', `certificate ${id} can't be read: ${reason.slice(0, 200)}`);
  }
}
