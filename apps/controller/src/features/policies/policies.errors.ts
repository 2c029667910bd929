import type { LockViolation } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { LAYER_NAMES } from './policy-target.js';

export const policyNotFound = () => new AppError('not-found', 'policies.not-found', 'there is no such policy');
export const policyVersionNotFound = () => new AppError('not-found', 'policies.version-not-found', 'the policy has no such version');
export const policyApplicationNotFound = () => new AppError('not-found', 'applications.not-found', 'there is no such application');

/** Names each path that is set against a lock, and who locks it. */
export function lockedError(violations: readonly LockViolation[]): AppError {
  const [first] = violations;
  return new AppError('conflict', 'policies.locked', `${first!.path} is locked by ${LAYER_NAMES[first!.lockedBy]}`, {
    details: { locks: violations.map(({ path, lockedBy }) => ({ path, lockedBy })) },
  });
}

export const certificateNotFound = () =>
  new AppError('invalid', 'policies.certificate-not-found', 'tls.certificateId names no certificate of this tenant');
export const certificateInBaseline = () =>
  new AppError('invalid', 'policies.certificate-in-baseline', 'certificates belong to tenants; the baseline can’t name one');

/** Two applications on one listener that would take the client’s address from different places. */
export function clientAddressConflict(port: number, names: readonly [string, string]): AppError {
  return new AppError(
    'conflict',
    'policies.client-address-conflict',
    `“${names[0]}” and “${names[1]}” share port ${port}, so their clientAddress settings must be the same`,
    { details: { listenPort: port, applications: names } },
  );
}

/** Fail-open is refused where clients could not be led past the engine. */
export function bypassImpossible(name: string, reason: string): AppError {
  return new AppError('conflict', 'policies.bypass-impossible', `“${name}” can’t fail open: ${reason}`, {
    details: { application: name, reason, path: 'availability.onEngineFailure' },
  });
}
