import { DEFAULT_SETTINGS, type ApplicationPolicy, type Settings } from '@phalanx/contracts';
import { ApplicationInspector } from '@phalanx/inspection';
import type { Logger } from '@phalanx/kit';
import type { ApplicationConfig, Gate } from '@phalanx/proxy';
import type { CollectionStore, Ruleset } from '@phalanx/seclang';
import type { MetricsSnapshot, WorkerMetrics } from '../metrics/worker-metrics.js';
import type { GateFactory } from '../worker/gate-factory.js';
import { InspectionGate } from '../worker/inspection-gate.js';
import type { PortPlan } from '../worker/port-plan.js';
import { UnroutedGate } from '../worker/unrouted-gate.js';
import type { WorkerDoor } from '../worker/worker-door.js';
import type { Generation, StandaloneDoorSetup } from '../worker/worker-messages.js';
import { AuditFile } from './audit-file.js';

/** A worker of the engine alone: one listener, one origin, one ruleset, whose base configuration it follows; findings go to the audit file. */
export class StandaloneWorkerDoor implements WorkerDoor {
  readonly gates: GateFactory;
  /** Nobody takes over: whoever starts the engine again wants its port. */
  readonly orphanServeMs = 0;
  readonly #audit: AuditFile;

  /** Throws the system's error when the audit file can't be opened. */
  constructor({ audit, auditHeaders, mode }: StandaloneDoorSetup, metrics: WorkerMetrics, collections: CollectionStore, logger: Logger) {
    const file = new AuditFile(audit, mode, auditHeaders, logger);
    this.#audit = file;
    this.gates = {
      forApplication: ({ settings }: ApplicationPolicy, ruleset: Ruleset | null): Gate => {
        const own = settingsOf(settings, ruleset);
        return new InspectionGate(new ApplicationInspector(own, ruleset, collections), own, file, metrics);
      },
      unrouted: (): Gate => new UnroutedGate(file, metrics),
    };
  }

  plan({ policy }: Generation, rulesetOf: (applicationId: string) => Ruleset | null): PortPlan[] {
    return policy.applications.map((application) => ({
      port: application.listenPort,
      listeners: policy.listenAddresses.map((address) => ({ address, port: application.listenPort })),
      applications: [configOf(application, rulesetOf(application.id))],
      limits: {},
    }));
  }

  configure(): void {
    // The command line has said all there is to say of the audit file.
  }

  measured(): void {
    // Nobody ships an audit file, so nobody measures it.
  }

  recorded(): Pick<MetricsSnapshot, 'eventsWritten' | 'eventsLost'> {
    return { eventsWritten: 0, eventsLost: 0 };
  }

  close(): Promise<void> {
    this.#audit.close();
    return Promise.resolve();
  }
}

/** Whether answers are looked into is for the rules to say (SecResponseBodyAccess). */
function settingsOf(settings: Settings, ruleset: Ruleset | null): Settings {
  const responseBody = ruleset?.settings.responseBodyAccess ?? DEFAULT_SETTINGS.inspection.responseBody;
  return { ...settings, inspection: { ...settings.inspection, responseBody } };
}

function configOf({ id, upstream }: ApplicationPolicy, ruleset: Ruleset | null): ApplicationConfig {
  const bodies = ruleset?.settings;
  return {
    id,
    hosts: [],
    isDefault: true,
    upstream: { targets: upstream.targets, ...(upstream.protocol === 'https' ? { tls: {} } : {}) },
    ...(bodies && {
      limits: {
        requestBodyLimitBytes: bodies.requestBodyLimit,
        requestOverLimit: bodies.requestBodyLimitAction === 'Reject' ? 'reject' : 'pass-unexamined',
        responseBodyLimitBytes: bodies.responseBodyLimit,
      },
    }),
  };
}
