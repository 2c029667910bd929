import { ApplicationInspector, loadRuleFiles, warmUp } from '@phalanx/inspection';
import { DEFAULT_SETTINGS, type Settings } from '@phalanx/contracts';
import type { Logger } from '@phalanx/kit';
import { ProxyServer, type ProxyConfig } from '@phalanx/proxy';
import { WorkerMetrics } from '../metrics/worker-metrics.js';
import { renderBlockPage } from '../worker/block-page.js';
import { InspectionGate } from '../worker/inspection-gate.js';
import { UnroutedGate } from '../worker/unrouted-gate.js';
import { AuditFile } from './audit-file.js';
import type { StandaloneOptions } from './standalone-options.js';

const APPLICATION_ID = 'standalone';

/** One process of the stand-alone door: one listener, one origin, one ruleset. */
export class StandaloneServer {
  readonly #server: ProxyServer;
  readonly #audit: AuditFile;
  readonly address: { readonly address: string; readonly port: number };

  private constructor(server: ProxyServer, audit: AuditFile) {
    this.#server = server;
    this.#audit = audit;
    const { address, port } = server.addresses()[0] ?? { address: '', port: 0 };
    this.address = { address, port };
  }

  /** Compiles, opens the audit file and listens. Throws `file:line: reason` for a bad rule, and the system's reason for the rest. */
  static async start(options: StandaloneOptions, logger: Logger): Promise<StandaloneServer> {
    const ruleset = loadRuleFiles(options.rules);
    await warmUp(ruleset);
    // Whether answers are looked into is for the rules to say (SecResponseBodyAccess).
    const inspection = { ...DEFAULT_SETTINGS.inspection, responseBody: ruleset.settings.responseBodyAccess };
    const settings: Settings = { ...DEFAULT_SETTINGS, level: options.mode, inspection };
    const inspector = new ApplicationInspector(settings, ruleset);
    const audit = new AuditFile(options.audit, options.mode, options.auditHeaders, logger);
    const metrics = new WorkerMetrics();
    const gate = new InspectionGate(inspector, settings, audit, metrics);
    const unrouted = new UnroutedGate(audit, metrics);
    const server = new ProxyServer({ reusePort: options.isShared, logger });
    const gateFor: ProxyConfig['gateFor'] = (application) => (application === null ? unrouted : gate);
    await server.apply(configOf(options, gateFor, ruleset.settings));
    return new StandaloneServer(server, audit);
  }

  async close(drainMs: number): Promise<void> {
    await this.#server.close(drainMs);
    this.#audit.close();
  }
}

/** The parts of a ruleset's base configuration that the proxy carries out. */
interface BodySettings {
  readonly requestBodyLimit: number;
  readonly requestBodyLimitAction: 'Reject' | 'ProcessPartial';
  readonly responseBodyLimit: number;
}

function configOf(options: StandaloneOptions, gateFor: ProxyConfig['gateFor'], bodies: BodySettings): ProxyConfig {
  const { listen, upstream } = options;
  return {
    listeners: [listen],
    applications: [
      {
        id: APPLICATION_ID,
        hosts: [],
        isDefault: true,
        upstream: { targets: [{ host: upstream.host, port: upstream.port }], ...(upstream.protocol === 'https' ? { tls: {} } : {}) },
        limits: {
          requestBodyLimitBytes: bodies.requestBodyLimit,
          requestOverLimit: bodies.requestBodyLimitAction === 'Reject' ? 'reject' : 'pass-unexamined',
          responseBodyLimitBytes: bodies.responseBodyLimit,
        },
      },
    ],
    blockPage: renderBlockPage,
    gateFor,
  };
}
