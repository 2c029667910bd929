import type { HaCondition, HaOrder, HaSettings, HaStatus } from '@phalanx/contracts';

/** One member as it is kept: what it shall do, and what it last said. */
export interface PairMember {
  readonly applianceId: string;
  readonly name: string;
  readonly interface: string;
  readonly address: string;
  readonly priority: number;
  readonly order: HaOrder;
  readonly commandId: string | null;
  /** Null before its first report. */
  readonly status: HaStatus | null;
  /** When the last report came, and when the first one of its present state. */
  readonly statusAt: Date | null;
  readonly stateAt: Date | null;
  readonly online: boolean;
  readonly lastSeenAt: Date | null;
  /** The box's wall clock: controller time = box time + offset. Null where it was not measured. */
  readonly wallOffsetMs: number | null;
}

/** A pair with its members, that of the higher priority first. */
export interface Pair {
  readonly clusterId: string;
  readonly tenantId: string;
  readonly siteId: string;
  readonly settings: HaSettings;
  readonly formerMembers: readonly string[];
  readonly condition: HaCondition;
  readonly conditionReason: string;
  readonly conditionSince: Date;
  readonly isAlarmed: boolean;
  readonly revision: number;
  readonly members: readonly PairMember[];
}

/** The other one of a pair. */
export function peerOf(pair: Pair, member: PairMember): PairMember {
  return pair.members.find((other) => other !== member)!;
}

/** A master, or one that stands by, as it says itself and as far as it is in reach. */
export function isPresent(member: PairMember, state: HaStatus['state']): boolean {
  return member.online && member.status?.state === state;
}
