import { HEARTBEAT_INTERVAL_MS, type Heartbeat, type Presence, type ReportedState } from '@phalanx/contracts';
import { messageOf, withDeadline } from '@phalanx/kit';
import { monotonicMs, readBootId } from '../../platform/box-identity.js';
import type { AgentContext, RunningFeature } from '../../platform/feature.js';
import { BoxMeter } from './box-metrics.js';

export interface HealthOptions {
  readonly agentVersion: string;
  /** End of the present certificate's life, RFC 3339. */
  readonly certificateNotAfter: () => string;
  readonly reportedState: () => Promise<ReportedState>;
  readonly capabilities: () => Promise<Heartbeat['capabilities']>;
  /** Figures of the packet engine; null (or none given) where the box runs none. */
  readonly network?: () => Promise<Heartbeat['network']>;
  /** How the guard stands; null (or none given) where none runs. */
  readonly guard?: () => Heartbeat['guard'];
  readonly spool: () => { readonly bytes: number; readonly records: number };
  /** `HEARTBEAT_INTERVAL_MS` unless given. */
  readonly intervalMs?: number;
}

export interface HealthFeature extends RunningFeature {
  /** Sends a heartbeat now: something in it is worth knowing at once. */
  beat(): void;
}

/** The farewell must not hold up the agent's end. */
const FAREWELL_MS = 1_000;

/**
 * Says that the box is there and how it is: presence and a heartbeat at once at each connection, then a heartbeat every interval. The last
 * will, which says the opposite, is the link's.
 */
export function startHealth(context: AgentContext, options: HealthOptions): HealthFeature {
  const { link, engine, home, logger } = context;
  const bootId = readBootId();
  const meter = new BoxMeter(home.root);
  let sequence = 0;
  let isBeating = false;
  let isWanted = false;

  const engineFigures = async () => {
    try {
      const [status, metrics] = await Promise.all([engine.status(), engine.metrics('heartbeat')]);
      return { version: status.version, metrics };
    } catch (error) {
      logger.debug('the engine does not answer', { error: messageOf(error) });
      return { version: null, metrics: null };
    }
  };
  const networkFigures = async () => {
    try {
      return (await options.network?.()) ?? null;
    } catch (error) {
      logger.debug('the packet engine can not be asked', { error: messageOf(error) });
      return null;
    }
  };
  const publishPresence = (presence: Presence) => link.publish('presence', JSON.stringify(presence));
  const beat = async (): Promise<void> => {
    // Without a connection nothing is collected: the engine's figures go on adding up until they can be told.
    if (link.connectionId() === null) return;
    if (isBeating) {
      // A connection that begins meanwhile gets its own.
      isWanted = true;
      return;
    }
    isBeating = true;
    isWanted = false;
    try {
      const [{ version, metrics }, reported, capabilities, network] = await Promise.all([
        engineFigures(),
        options.reportedState(),
        options.capabilities(),
        networkFigures(),
      ]);
      const connectionId = link.connectionId();
      if (connectionId === null) return;
      const heartbeat: Heartbeat = {
        version: 1,
        connectionId,
        sequence: sequence++,
        time: new Date().toISOString(),
        bootId,
        monotonicMs: monotonicMs(),
        agentVersion: options.agentVersion,
        engineVersion: version,
        certificateNotAfter: options.certificateNotAfter(),
        box: meter.read(options.spool()),
        engine: metrics,
        network,
        guard: options.guard?.() ?? null,
        capabilities,
        reported,
      };
      await link.publish('heartbeat', JSON.stringify(heartbeat));
    } catch (error) {
      logger.debug('a heartbeat could not be sent', { error: messageOf(error) });
    } finally {
      isBeating = false;
      if (isWanted) void beat();
    }
  };

  link.onConnected(() => {
    const connectionId = link.connectionId();
    if (connectionId === null) return;
    publishPresence({ connectionId, state: 'online' }).catch((error: unknown) =>
      logger.debug('presence could not be told', { error: messageOf(error) }),
    );
    void beat();
  });
  const timer = setInterval(() => void beat(), options.intervalMs ?? HEARTBEAT_INTERVAL_MS);
  return {
    beat: () => void beat(),
    stop: async () => {
      clearInterval(timer);
      const connectionId = link.connectionId();
      if (connectionId === null) return;
      await withDeadline(FAREWELL_MS, 'saying goodbye', () =>
        publishPresence({ connectionId, state: 'offline', reason: 'the agent was stopped' }),
      ).catch((error: unknown) => logger.debug('the farewell could not be sent', { error: messageOf(error) }));
    },
  };
}
