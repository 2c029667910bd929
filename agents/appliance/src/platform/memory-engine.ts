import { join } from 'node:path';
import {
  appliancePolicySchema,
  type EngineLoad,
  type EngineMetrics,
  type EngineStatus,
  type RefusedSource,
  signaturePackSchema,
  type WorkerState,
} from '@phalanx/contracts';
import { AppError, type Disk, sha256Hex } from '@phalanx/kit';
import type { EngineLink } from './engine-link.js';

interface Loaded {
  readonly policyDigest: string;
  readonly rulesetDigest: string | null;
}

export interface MemoryEngineOptions {
  /** The engine's home, with `active/` and `staged/`. */
  readonly home: string;
  readonly disk: Disk;
  readonly workers?: number;
}

/**
 * An engine without a data plane, for tests and for simulated fleets: it reads, checks and digests the files as the real one does, and
 * its workers show what was loaded. Nothing of it is used on a real box.
 */
export class MemoryEngine implements EngineLink {
  private loaded: Loaded | null = null;
  /** Workers that tests make behave otherwise, by index. */
  readonly odd = new Map<number, Partial<WorkerState>>();
  /** What it tells next of sources whose requests it refused. */
  readonly refused: RefusedSource[] = [];
  private readonly workers: number;

  constructor(private readonly options: MemoryEngineOptions) {
    this.workers = options.workers ?? 2;
    this.restart();
  }

  /** What a process does that starts anew: it forgets what was loaded and loads `active/`. */
  restart(): void {
    this.loaded = this.options.disk.read(join(this.options.home, 'active/policy.json')) ? this.read('active') : null;
  }

  async status(): Promise<EngineStatus> {
    const { policyDigest, rulesetDigest } = this.loaded ?? { policyDigest: null, rulesetDigest: null };
    const workers = Array.from({ length: this.workers }, (_, index): WorkerState => {
      const shown: WorkerState = { index, pid: 1000 + index, state: 'serving', policyDigest, rulesetDigest };
      return { ...shown, ...this.odd.get(index) };
    });
    return { version: 'memory', pid: 1, workersWanted: this.workers, workers, expected: this.loaded, listeners: [] };
  }

  async metrics(): Promise<EngineMetrics> {
    return {
      windowMs: 10_000,
      requests: 0,
      blocked: 0,
      detected: 0,
      statusClasses: { informational: 0, success: 0, redirect: 0, clientError: 0, serverError: 0 },
      latencyMs: null,
      inspectionMs: null,
      connections: 0,
      eventsWritten: 0,
      eventsLost: 0,
    };
  }

  async refusals(): Promise<readonly RefusedSource[]> {
    return this.refused.splice(0);
  }

  async check(folder: 'staged' | 'active'): Promise<EngineLoad> {
    return { ...this.read(folder), report: { rules: 0, skipped: [] } };
  }

  async load(folder: 'staged' | 'active'): Promise<EngineLoad> {
    this.loaded = this.read(folder);
    return { ...this.loaded, report: { rules: 0, skipped: [] } };
  }

  private read(folder: 'staged' | 'active'): Loaded {
    const { disk, home } = this.options;
    const policy = disk.read(join(home, folder, 'policy.json'));
    const signatures = disk.read(join(home, folder, 'signatures.json'));
    if (!policy) throw new AppError('invalid', 'engine.no-policy', `${folder}/ holds no policy.json`);
    try {
      appliancePolicySchema.parse(JSON.parse(policy.toString('utf8')));
      if (signatures) signaturePackSchema.parse(JSON.parse(signatures.toString('utf8')));
    } catch (cause) {
      throw new AppError('invalid', 'engine.bad-content', `${folder}/ holds content that can't be loaded`, { cause });
    }
    return { policyDigest: sha256Hex(policy), rulesetDigest: signatures ? sha256Hex(`ruleset ${sha256Hex(signatures)}`) : null };
  }
}
