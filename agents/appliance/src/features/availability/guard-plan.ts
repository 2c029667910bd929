import {
  type ApplianceHa,
  type AppliancePolicy,
  type ApplicationPolicy,
  bypassRefusal,
  type GuardedListener,
  type GuardPlan,
  ipFamilyOf,
} from '@phalanx/contracts';

/** What the plan is made from: the committed content of the facets; null where there is none. */
export interface PlanSources {
  readonly policy: AppliancePolicy;
  readonly ha: Pick<ApplianceHa, 'settings' | 'priority' | 'peer'> | null;
  readonly hasPacketEngine: boolean;
}

/** What the peer gets beyond what it needs at the worst. */
const PEER_MARGIN_MS = 1_000;

/** The longest that a take-over takes after the engine's end: its track fails, then the peer hears nothing for three advertisements and its skew (RFC 9568 6.1). */
export function takeOverMs({ settings: { track, advertMs }, priority, peer }: NonNullable<PlanSources['ha']>): number {
  const skewMs = ((256 - Math.min(priority, peer.priority)) / 256) * advertMs;
  return Math.ceil(track.intervalMs * (track.fall + 1) + 3 * advertMs + skewMs);
}

function actionOf(
  applications: readonly ApplicationPolicy[],
  address: string,
  { applications: all }: AppliancePolicy,
): GuardedListener['action'] {
  const [application] = applications;
  const isOpen = application?.settings.availability.onEngineFailure === 'fail-open' && bypassRefusal(application, all) === null;
  if (!application || !isOpen) return { kind: 'fail-closed' };
  const origins = application.upstream.targets
    .filter((target) => ipFamilyOf(target.host) === ipFamilyOf(address))
    .map((target) => ({ address: target.host, port: target.port }));
  return origins.length > 0 ? { kind: 'fail-open', origins } : { kind: 'fail-closed' };
}

/** What the guard is to do on its own when the engine dies. What the policy may not have (`bypassRefusal`) is refused here as well: it fails closed. */
export function planOf({ policy, ha, hasPacketEngine }: PlanSources): GuardPlan {
  const byPort = Map.groupBy(policy.applications, ({ listenPort }) => listenPort);
  const listeners = [...byPort].flatMap(([port, applications]) =>
    policy.listenAddresses.map((address): GuardedListener => {
      const certificateId = applications.map(({ settings }) => settings.tls.certificateId).find((id) => id !== null) ?? null;
      return {
        address,
        port,
        tls: certificateId !== null,
        certificateId,
        applications: applications.map(({ id }) => id),
        action: actionOf(applications, address, policy),
        graceMs: Math.min(...applications.map(({ settings }) => settings.availability.bypassGraceMs)),
      };
    }),
  );
  return {
    version: 1,
    applianceId: policy.applianceId,
    hasPeer: ha !== null,
    peerMs: ha ? Math.min(takeOverMs(ha) + PEER_MARGIN_MS, 60_000) : 0,
    hasPacketEngine,
    listeners: listeners.slice(0, 1000),
  };
}
