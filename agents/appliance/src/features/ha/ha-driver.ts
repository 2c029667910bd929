import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApplianceHa, applianceHaSchema, haStatusSchema, type HaStatus } from '@phalanx/contracts';
import { AppError, type Disk, messageOf, sha256Hex, sleep } from '@phalanx/kit';
import type { BoxHome } from '../../platform/box-home.js';
import type { DriverObservation, FacetDriver } from '../../platform/facet-driver.js';
import type { RunTool } from '../../platform/system-tools.js';
import { unifiedDiff } from '../../platform/unified-diff.js';
import { HaHome } from './ha-home.js';
import { readAddresses, removeAddresses } from './keeper/addresses.js';
import { processOfFile } from './keeper/process-state.js';
import { readLastDump } from './keeper/state-dump.js';
import { renderKeepalived, splitByFamily, takeOverMs } from './keepalived-config.js';
import { type KeeperPlan, parseFile } from './keeper-plan.js';
import type { KeeperProcess } from './keeper-process.js';
import { readPeerTable, removePeerTable } from './peer-table.js';

/** A plan may bring about a planned failover, which takes some advertisements. */
const PLAN_MS = 15_000;
const STOP_MS = 6_000;
/** What is being put right at the moment is looked at again. */
const SETTLE_MS = 3_000;
/** The daemon is asked for its settings once a second. */
const DUMP_AGE_MS = 5_000;
/** Paths in the daemons' configuration are written as they are. */
const PLAIN_PATH = /^[A-Za-z0-9_./-]+$/;

interface HaDriverParts {
  readonly box: { readonly applianceId: string; readonly tenantId: string };
  readonly home: BoxHome;
  readonly disk: Disk;
  readonly keeper: KeeperProcess;
  readonly run: RunTool;
}

/** The `ha` facet: the document becomes the keeper's plan; what is observed comes from the daemons and the kernel. */
export class HaDriver implements FacetDriver {
  readonly facet = 'ha';
  private readonly files: HaHome;

  constructor(private readonly parts: HaDriverParts) {
    this.files = new HaHome(parts.home.ha);
  }

  async inability(): Promise<string | null> {
    const { run } = this.parts;
    if (process.platform !== 'linux') return 'a pair needs Linux';
    if (!PLAIN_PATH.test(this.files.root)) return `the path ${this.files.root} has characters that keepalived does not take`;
    try {
      await run('keepalived', ['--signum=JSON']);
      await run('ip', ['-j', 'link', 'show', 'lo']);
      await run('nft', ['list', 'tables']);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  async check(content: Buffer): Promise<void> {
    const ha = this.parse(content);
    const { run, disk } = this.parts;
    const names = new Set([ha.interface, ...ha.settings.virtualAddresses.map((virtual) => virtual.interface)]);
    for (const name of names) await run('ip', ['link', 'show', 'dev', name]);
    disk.makeFolder(this.files.root);
    const candidate = join(this.files.root, 'candidate.conf');
    writeFileSync(candidate, renderKeepalived(ha, this.files), { mode: 0o600 });
    try {
      await run('keepalived', ['--config-test', '-f', candidate]);
    } finally {
      rmSync(candidate, { force: true });
    }
    const { hasOwnAddress } = await readAddresses(ha, run);
    // The network facet may be about to set it.
    if (!hasOwnAddress) throw new AppError('unavailable', 'ha.no-address', `${ha.interface} does not have the address ${ha.address}`);
  }

  async apply(content: Buffer | null, previous: Buffer | null): Promise<{ readonly expectedDigest: string | null }> {
    if (!content) {
      await this.remove(previous);
      return { expectedDigest: null };
    }
    const { disk, keeper } = this.parts;
    const plan: KeeperPlan = { version: 1, applyId: randomUUID(), ha: this.parse(content) };
    disk.makeFolder(this.files.root);
    disk.replace(this.files.plan, JSON.stringify(plan));
    const report = await this.awaitKeeper(plan.applyId);
    if (report.failure !== null) throw new AppError('invalid', 'ha.not-applied', report.failure);
    keeper.ensure();
    const found = await this.look(plan.ha);
    disk.replace(this.baseline, `${found.join('\n')}\n`);
    return { expectedDigest: digestOf(found) };
  }

  /** The daemon has decided, and the kernel's addresses are as its state says. */
  async verify(content: Buffer): Promise<void> {
    const ha = this.parse(content);
    const deadline = performance.now() + takeOverMs(ha.settings.advertMs, ha.priority) + 5_000;
    for (;;) {
      const objection = await this.objection(ha);
      if (objection === null) return;
      if (performance.now() > deadline) throw new AppError('invalid', 'ha.not-verified', objection);
      await sleep(50);
    }
  }

  async observe(content: Buffer | null): Promise<DriverObservation> {
    if (!content) {
      const table = await readPeerTable(this.parts.run);
      return table.length === 0 ? { digest: null, diff: null } : { digest: digestOf(table), diff: unifiedDiff([], table) };
    }
    const ha = this.parse(content);
    const wanted = this.parts.disk.read(this.baseline)?.toString('utf8').trimEnd().split('\n') ?? [];
    const deadline = performance.now() + SETTLE_MS;
    for (;;) {
      const found = await this.look(ha);
      const diff = unifiedDiff(wanted, found);
      if (diff === null || performance.now() > deadline) return { digest: digestOf(found), diff };
      await sleep(250);
    }
  }

  /** How the member stands, as the keeper wrote it; null where the box is in no pair. */
  status(): HaStatus | null {
    return parseFile(haStatusSchema, this.parts.disk.read(this.files.state));
  }

  private get baseline(): string {
    return join(this.files.root, 'applied.txt');
  }

  private parse(content: Buffer): ApplianceHa {
    const ha = parseFile(applianceHaSchema, content);
    if (!ha) {
      const result = applianceHaSchema.safeParse(jsonOf(content));
      const issue = result.error?.issues[0];
      throw new AppError(
        'invalid',
        'ha.malformed',
        `the pair's document is malformed at ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      );
    }
    const { applianceId, tenantId } = this.parts.box;
    if (ha.applianceId !== applianceId || ha.tenantId !== tenantId)
      throw new AppError('invalid', 'ha.other-box', 'the document is that of another box');
    if (ha.peer.applianceId === applianceId || ha.peer.address === ha.address)
      throw new AppError('invalid', 'ha.own-peer', 'a box can not be its own peer');
    if (ha.peer.priority === ha.priority) throw new AppError('invalid', 'ha.equal-priorities', 'the priorities of a pair must differ');
    if (splitByFamily(ha)[0].length === 0)
      throw new AppError('invalid', 'ha.families', `VRRP speaks from ${ha.address}: at least one virtual address must be of that family`);
    return ha;
  }

  private async awaitKeeper(applyId: string) {
    const { keeper } = this.parts;
    const deadline = performance.now() + PLAN_MS;
    for (;;) {
      keeper.ensure();
      const report = keeper.report();
      if (report?.applyId === applyId) return report;
      if (performance.now() > deadline) throw new AppError('unavailable', 'ha.keeper-silent', `the keeper said nothing for ${PLAN_MS} ms`);
      await sleep(20);
    }
  }

  private async objection(ha: ApplianceHa): Promise<string | null> {
    const status = this.status();
    if (status === null || status.clusterId !== ha.clusterId) return 'the member has no state yet';
    if (status.state === 'init' || status.state === 'stopped') return `the member is ${status.state}`;
    const { held } = await readAddresses(ha, this.parts.run);
    const wanted = status.state === 'master' ? ha.settings.virtualAddresses.length : 0;
    return held.length === wanted ? null : `${held.length} virtual addresses are on a member that is ${status.state}`;
  }

  private async look(ha: ApplianceHa): Promise<string[]> {
    const { run } = this.parts;
    const dump = readLastDump(this.files.dumpFolder, this.files.beat, DUMP_AGE_MS);
    const sync = processOfFile(this.files.conntrackdPid, this.files.conntrackdConfig);
    return [
      '# keepalived.conf',
      ...linesOf(this.files.keepalivedConfig),
      '# keepalived runs with',
      ...(dump?.settings ?? ['nothing: it does not answer']),
      '# nftables',
      ...(await readPeerTable(run)),
      ...(ha.settings.syncPort === null ? [] : ['# conntrackd.conf', ...linesOf(this.files.conntrackdConfig)]),
      `# conntrackd ${sync ? 'runs' : 'does not run'}`,
    ];
  }

  private async remove(previous: Buffer | null): Promise<void> {
    const { keeper, run } = this.parts;
    await keeper.stop(STOP_MS);
    await removePeerTable(run);
    const ha = previous && parseFile(applianceHaSchema, previous);
    if (ha) await removeAddresses(ha, run);
    if (!statSync(this.files.root, { throwIfNoEntry: false })) return;
    for (const name of readdirSync(this.files.root))
      if (!name.endsWith('.log')) rmSync(join(this.files.root, name), { recursive: true, force: true });
  }
}

function digestOf(lines: readonly string[]): string {
  return sha256Hex(Buffer.from(lines.join('\n')));
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  } catch {
    return [`${path} can't be read`];
  }
}

function jsonOf(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return null;
  }
}
