import { signedDesiredStateSchema, type SignedDesiredState } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { verifyStatement } from '@phalanx/trust';

export interface BoxIdentity {
  readonly applianceId: string;
  readonly tenantId: string;
}

/**
 * A desired state as it was announced, if it is one, signed by a trusted key (SubjectPublicKeyInfo PEM), and for this box. Throws `invalid` or
 * `forbidden` with what is wrong.
 */
export function verifyDesired(payload: Buffer, box: BoxIdentity, stateKeys: readonly string[]): SignedDesiredState {
  const document = parse(payload);
  verifyStatement(document, stateKeys);
  const { applianceId, tenantId } = document.signed;
  if (applianceId !== box.applianceId || tenantId !== box.tenantId)
    throw new AppError('forbidden', 'reconcile.other-box', 'the desired state is that of another box');
  return document;
}

function parse(payload: Buffer): SignedDesiredState {
  try {
    return signedDesiredStateSchema.parse(JSON.parse(payload.toString('utf8')));
  } catch (cause) {
    throw new AppError('invalid', 'reconcile.malformed', 'the desired state is malformed', { cause });
  }
}
