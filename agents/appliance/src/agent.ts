import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineStatus } from '@phalanx/contracts';
import { type Disk, type Logger, nodeDisk } from '@phalanx/kit';
import type { ClaimOptions } from './agent.config.js';
import { startAvailability } from './features/availability/index.js';
import { startBlocks, withBlocks } from './features/blocks/index.js';
import { startContent } from './features/content/index.js';
import { ControllerDirectory, credentialsOf, ensureEnrolled, IdentityStore, Renewal } from './features/enrolment/index.js';
import { EventRecorder, startEvents } from './features/events/index.js';
import { startHa } from './features/ha/index.js';
import { startHealth } from './features/health/index.js';
import { startNetwork } from './features/network/index.js';
import { startReconcile } from './features/reconcile/index.js';
import { Secrets } from './features/secrets/index.js';
import { BoxHome } from './platform/box-home.js';
import type { EngineLink } from './platform/engine-link.js';
import { type FacetDriver, missingDriver } from './platform/facet-driver.js';
import type { AgentContext } from './platform/feature.js';
import { MqttControllerLink } from './platform/mqtt-controller-link.js';
import { SocketEngineLink } from './platform/socket-engine-link.js';
import { AGENT_VERSION } from './version.js';

export interface AgentOptions {
  readonly home: string;
  readonly claim: ClaimOptions | null;
  readonly logger: Logger;
  /** Ends the wait for a controller that can't be reached; an agent that runs is ended by `stop`. */
  readonly signal: AbortSignal;
  readonly disk?: Disk;
  /** The engine; its control socket in the home unless given. */
  readonly engine?: EngineLink;
  /** How a load is proved to work; the engine's listeners are tried unless given. */
  readonly probe?: (status: EngineStatus) => Promise<void>;
  /** Whether the network of this machine (or of this network namespace) is the box's to change; false unless given. */
  readonly ownsNetwork?: boolean;
  /** What makes the facets beyond the engine's true; the features' own unless given. */
  readonly drivers?: readonly FacetDriver[];
  /** Names this run of the box; the kernel's boot and network namespace unless given. */
  readonly boxRun?: string;
  /** `HEARTBEAT_INTERVAL_MS` unless given. */
  readonly heartbeatMs?: number;
}

export interface RunningAgent {
  readonly applianceId: string;
  readonly link: MqttControllerLink;
  stop(): Promise<void>;
}

/** Enrols the box if it has not, then runs all of its features. Throws what `ensureEnrolled` throws. */
export async function startAgent({ signal, logger, disk = nodeDisk, ...options }: AgentOptions): Promise<RunningAgent> {
  const home = new BoxHome(options.home);
  for (const folder of [home.root, home.engine, home.spool]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const store = new IdentityStore(disk, home.identity);
  const directory = new ControllerDirectory(await ensureEnrolled({ store, claim: options.claim, logger, signal }), store);
  const { applianceId, tenantId } = directory.grant();

  const stopping = new AbortController();
  const recorder = new EventRecorder(home.spool, logger);
  const link = new MqttControllerLink({
    credentials: credentialsOf(directory.grant(), store.privateKey()),
    mqttUrls: () => directory.mqttUrls(),
    logger,
  });
  const ownEngine = options.engine ? null : new SocketEngineLink(join(home.engine, 'control.sock'));
  const engine = options.engine ?? ownEngine!;
  const record: AgentContext['record'] = (event) => recorder.record(event);
  const context: AgentContext = { home, disk, link, engine, logger, signal: stopping.signal, record };

  const events = startEvents(context);
  const content = startContent(context, { tufRoots: () => directory.grant().tufRoots });
  const secrets = new Secrets(context, { privateKey: () => store.privateKey() });
  const box = { applianceId, tenantId };
  const blocks = startBlocks({
    box,
    logger,
    ...(options.ownsNetwork && {
      verdicts: {
        engine,
        record,
        committed: (facet) => reconcile.committed(facet),
        controllerUrls: () => [...directory.mqttUrls(), ...directory.enrolmentUrls()],
        onBlocked: () => health.beat(),
      },
    }),
  });
  const ha = startHa(context, { box, onChange: () => reconcile.publish(), ownsNetwork: options.ownsNetwork ?? false });
  const network = startNetwork(context, { applianceId });
  const reconcile = startReconcile(context, {
    box,
    stateKeys: () => directory.grant().stateKeys.map((key) => key.publicKeyPem),
    content,
    ensureSecrets: (ids) => secrets.ensure(ids),
    onAccepted: (state) => directory.rehome(state.controller),
    drivers: options.drivers ?? allowed([ha.driver, network.driver, blocks.driver], options.ownsNetwork ?? false),
    haStatus: () => ha.status(),
    ...(options.boxRun ? { boxRun: options.boxRun } : {}),
    ...(options.probe ? { probe: options.probe } : {}),
  });
  const availability = startAvailability(context, { committed: (facet) => reconcile.committed(facet) });
  const health = startHealth(context, {
    agentVersion: AGENT_VERSION,
    certificateNotAfter: () => directory.grant().notAfter,
    reportedState: () => reconcile.reportedState(),
    capabilities: () => reconcile.capabilities(),
    ...(options.ownsNetwork ? { network: async () => withBlocks(await network.figures(), await blocks.figures()) } : {}),
    guard: () => availability.guard(),
    spool: () => events.spool(),
    ...(options.heartbeatMs ? { intervalMs: options.heartbeatMs } : {}),
  });
  const renewal = new Renewal({ context, link, store, directory, onRenewed: () => secrets.refresh() });
  link.start();

  return {
    applianceId,
    link,
    async stop() {
      stopping.abort(new Error('the agent is stopping'));
      await Promise.all([
        renewal.stop(),
        reconcile.stop(),
        ha.stop(),
        network.stop(),
        blocks.stop(),
        availability.stop(),
        content.stop(),
        secrets.stop(),
      ]);
      recorder.close();
      await events.stop();
      // Last: its farewell needs the link.
      await health.stop();
      await link.stop();
      ownEngine?.close();
    },
  };
}

/** An agent on a machine that others use as well leaves that machine's network alone. */
function allowed(drivers: readonly FacetDriver[], ownsNetwork: boolean): readonly FacetDriver[] {
  const reason = 'the network of this machine is not its to change; its agent was started without --network own';
  return ownsNetwork ? drivers : drivers.map(({ facet }) => missingDriver(facet, reason));
}
