import { BLOCKS_MAX } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';

export const blockNotFound = () => new AppError('not-found', 'blocks.not-found', 'there is no such block');
export const clusterOfOther = () => new AppError('invalid', 'blocks.foreign-cluster', 'the cluster is not of the tenant that is named');
export const tooManyBlocks = () =>
  new AppError('limit', 'blocks.too-many', `a box holds at most ${BLOCKS_MAX} blocked addresses; block networks instead`);
export const tooManyAtOnce = (most: number) =>
  new AppError('limit', 'blocks.too-many-at-once', `at most ${most} blocks are made at once, over all tenants together`);
export const tooManyReleases = (most: number) =>
  new AppError('limit', 'blocks.too-many-releases', `at most ${most} addresses of a tenant are kept free at a time`);
export const badSearch = () =>
  new AppError(
    'invalid',
    'blocks.bad-search',
    'search by an address, a network, or the beginning of one: digits, hexadecimal letters, dots and colons',
  );

export const stillBlocked = (network: string) =>
  new AppError('conflict', 'blocks.contained', `${network} is blocked and holds this address; remove that block first`, {
    details: { network },
  });
