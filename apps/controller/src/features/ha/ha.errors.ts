import { AppError } from '@phalanx/kit';

export const noPair = () => new AppError('not-found', 'ha.none', 'the cluster is no pair that takes over');
export const notAPair = () => new AppError('conflict', 'ha.not-a-pair', 'the cluster is of the kind single; only a pair can take over');
export const wrongMembers = () => new AppError('invalid', 'ha.wrong-members', 'the members must be the two appliances of the cluster');
export const badAddresses = (why: string) => new AppError('invalid', 'ha.bad-addresses', why);
export const vridTaken = (cause: unknown) =>
  new AppError('conflict', 'ha.vrid-taken', 'another pair of the site has this virtual router id; in one segment each has its own', {
    cause,
  });
export const notOfPair = () => new AppError('invalid', 'ha.not-a-member', 'the appliance is no member of this pair');
/** The reason is for whoever asked. */
export const haRefused = (why: string) => new AppError('conflict', 'ha.refused', why);
