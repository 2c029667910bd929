import type { NetworkFinding } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';

export const noNetwork = () => new AppError('not-found', 'network.none', 'the cluster has no network policy');
export const networkVersionNotFound = () =>
  new AppError('not-found', 'network.version-not-found', 'the network policy has no such version');
export const notAMember = () =>
  new AppError('invalid', 'network.not-a-member', 'a member names an appliance that is not one of the cluster, or one twice');

/** Names the first place that is wrong, and carries all. */
export function networkRefused(findings: readonly NetworkFinding[]): AppError {
  const errors = findings.filter((finding) => finding.severity === 'error');
  const [first] = errors;
  return new AppError('invalid', 'network.refused', `${first!.path}: ${first!.message}`, {
    details: { issues: errors.slice(0, 50).map(({ path, message }) => ({ path, message })), findings: findings.slice(0, 200) },
  });
}
