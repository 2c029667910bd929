import {
  type FirewallRule,
  type MemberNetwork,
  type NetworkPolicy,
  networkWriteSchema,
  type NetworkVersionView,
  DEFAULT_NETWORK_POLICY,
} from '@phalanx/contracts';

/** A cluster's network while it is edited. */
export interface NetworkDraft {
  readonly policy: NetworkPolicy;
  readonly members: readonly { readonly applianceId: string; readonly network: MemberNetwork }[];
}

/** One thing that is wrong, and where. */
export interface NetworkIssue {
  readonly path: string;
  readonly message: string;
}

/** The newest version as a draft; the default policy where there is none, with members that set nothing of their interfaces. */
export function draftOf(version: NetworkVersionView | null, applianceIds: readonly string[]): NetworkDraft {
  const known = new Map(version?.members.map(({ applianceId, network }) => [applianceId, network]));
  // Parsed, so that members stand in the order in which an edited draft has them after its own check.
  const { policy, members } = networkWriteSchema.parse({
    policy: version?.policy ?? DEFAULT_NETWORK_POLICY,
    members: applianceIds.map((applianceId) => ({ applianceId, network: known.get(applianceId) ?? { interfaces: [], routes: [] } })),
  });
  return { policy, members };
}

/** Checks text that is edited as JSON; a draft, or what is wrong with it. */
export function checkDraft(value: unknown): { readonly draft: NetworkDraft | null; readonly issues: readonly NetworkIssue[] } {
  const parsed = networkWriteSchema.omit({ comment: true }).safeParse(value);
  if (parsed.success) return { draft: parsed.data, issues: [] };
  return { draft: null, issues: parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })) };
}

/** Rules with one moved by so many places, within the list. */
export function moved(rules: readonly FirewallRule[], index: number, by: number): FirewallRule[] {
  const target = Math.max(0, Math.min(rules.length - 1, index + by));
  const rest = rules.filter((_, at) => at !== index);
  return [...rest.slice(0, target), rules[index]!, ...rest.slice(target)];
}

/** A rule that lets nothing through yet: what is added begins with it. */
export function newRule(name: string): FirewallRule {
  return {
    id: crypto.randomUUID(),
    name,
    enabled: true,
    direction: 'forward',
    from: null,
    source: { groups: [], addresses: [] },
    destination: { groups: [], addresses: [] },
    services: [],
    schedule: null,
    action: 'drop',
    log: true,
  };
}
