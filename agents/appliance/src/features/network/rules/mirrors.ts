import type { ApplianceNetwork } from '@phalanx/contracts';
import type { NftTable } from '../../../platform/nft/ruleset.js';

/** Before everything else: an intrusion detection system sees what was refused, too. */
const BEFORE_ALL = -500;

/** Copies for an intrusion detection system (F45), or null where none are wanted. */
export function mirrorTable({ policy }: ApplianceNetwork): NftTable | null {
  if (policy.mirrors.length === 0) return null;
  const chains = policy.mirrors.flatMap(({ from, to, direction }, index) =>
    (['in', 'out'] as const)
      .filter((way) => direction === 'both' || direction === way)
      .map((way) => ({
        name: `mirror-${index}-${way}`,
        hook: { type: 'filter', at: way === 'in' ? 'ingress' : 'egress', device: from, priority: BEFORE_ALL } as const,
        rules: [[{ kind: 'dup', device: to } as const]],
      })),
  );
  return { family: 'netdev', name: 'phalanx-mirror', counters: [], sets: [], chains };
}
