import { join } from 'node:path';
import { applianceNetworkSchema, type ApplianceNetwork } from '@phalanx/contracts';
import { AppError, type Disk, messageOf, sha256Hex } from '@phalanx/kit';
import type { FacetDriver } from '../../platform/facet-driver.js';
import { NftTables } from '../../platform/nft/nft-tables.js';
import type { RunTool } from '../../platform/system-tools.js';
import { unifiedDiff } from '../../platform/unified-diff.js';
import { Interfaces } from './interfaces/interfaces.js';
import { MadeLinksFile } from './interfaces/made-links.js';
import { packetTables } from './rules/packet-rules.js';
import { isLive } from './rules/packet-table.js';
import { scheduleOf } from './rules/schedules.js';
import { shownWindows } from './shown-windows.js';

/** All tables that this facet may ever make. */
const OWNED = [
  { family: 'inet', name: 'phalanx' },
  { family: 'netdev', name: 'phalanx-mirror' },
] as const;

export interface NetworkDriverOptions {
  readonly applianceId: string;
  readonly run: RunTool;
  readonly disk: Disk;
  /** A folder of its own. */
  readonly folder: string;
  readonly now?: () => number;
  /** Told what runs from now on; null: nothing. */
  readonly onApplied?: (network: ApplianceNetwork | null) => void;
}

/** The packet engine as a facet: rules, interfaces and routes of one document, and what the kernel says of them. */
export class NetworkDriver implements FacetDriver {
  readonly facet = 'network';
  private readonly tables: NftTables;
  private readonly interfaces: Interfaces;
  private readonly now: () => number;
  private readonly wantedFile: string;
  private readonly runningFile: string;

  constructor(private readonly options: NetworkDriverOptions) {
    const { run, disk, folder } = options;
    this.now = options.now ?? Date.now;
    disk.makeFolder(folder);
    this.tables = new NftTables(run, OWNED);
    this.interfaces = new Interfaces(run, new MadeLinksFile(disk, folder));
    this.wantedFile = join(folder, 'applied.txt');
    this.runningFile = join(folder, 'applied.json');
  }

  async inability(): Promise<string | null> {
    try {
      // Needs the right to change the network, and both programs.
      await this.options.run('nft', ['list', 'tables']);
      await this.options.run('ip', ['-j', 'link', 'show', 'dev', 'lo']);
      return null;
    } catch (error) {
      return messageOf(error).slice(0, 300);
    }
  }

  async check(content: Buffer): Promise<void> {
    const network = this.read(content);
    const { mirrors, inlineBridge } = network.policy;
    if (inlineBridge)
      throw new AppError('invalid', 'network.inline-bridge', 'inline bridge mode is not built yet: take `inlineBridge` out of the policy');
    await this.interfaces.check(
      network.member,
      mirrors.flatMap(({ from, to }) => [from, to]),
    );
    await this.tables.check(packetTables(network, this.now()));
  }

  async apply(content: Buffer | null): Promise<{ readonly expectedDigest: string | null }> {
    const network = content && this.read(content);
    if (network) {
      await this.interfaces.apply(network.member);
      await this.tables.apply(packetTables(network, this.now()));
    } else {
      await this.tables.apply([]);
      await this.interfaces.apply(null);
    }
    await this.setTracking(network);
    const lines = await this.lines(network);
    this.options.disk.replace(this.wantedFile, lines.join('\n'));
    if (content) this.options.disk.replace(this.runningFile, content);
    else this.options.disk.remove(this.runningFile);
    this.options.onApplied?.(network);
    return { expectedDigest: digestOf(lines) };
  }

  /** What was applied last, also by an earlier run of the agent. */
  running(): ApplianceNetwork | null {
    const content = this.options.disk.read(this.runningFile);
    try {
      return content && this.read(content);
    } catch {
      // Of an agent that wrote it otherwise: the reconciler applies it anew.
      return null;
    }
  }

  /** Tells the kernel the hours of schedules for the time to come, as long as it still has what was applied. */
  async renewSchedules(): Promise<void> {
    const network = this.running();
    if (!network || network.policy.schedules.length === 0) return;
    const elements = packetTables(network, this.now())
      .flatMap(({ sets }) => sets)
      .filter(({ name, elements: hours }) => scheduleOf(name) !== null && hours.length > 0);
    const commands = elements.map(
      ({ name, elements: hours }) => `flush set inet phalanx ${name}\nadd element inet phalanx ${name} { ${hours.join(', ')} }\n`,
    );
    const { diff } = await this.observe(Buffer.from(JSON.stringify(network)));
    if (diff === null) await this.options.run('nft', ['-f', '-'], { input: commands.join('') });
  }

  async verify(content: Buffer): Promise<void> {
    const { digest, diff } = await this.observe(content);
    if (digest === null || diff !== null)
      throw new AppError(
        'unavailable',
        'network.not-applied',
        `the kernel does not have what was applied${diff === null ? '' : `:\n${diff}`}`,
      );
  }

  async observe(content: Buffer | null): Promise<{ readonly digest: string | null; readonly diff: string | null }> {
    const lines = await this.lines(content && this.read(content));
    const wanted = this.options.disk.read(this.wantedFile)?.toString('utf8');
    return { digest: digestOf(lines), diff: wanted === undefined ? null : unifiedDiff(wanted.split('\n'), lines) };
  }

  readonly confirmMs = (content: Buffer): number => this.read(content).policy.confirmSeconds * 1000;

  /**
   * Behind SYN cookies the answer to a cookie must not be taken for the middle of an unknown connection; without them connections that were open
   * before this box saw them (a failover, a restart) go on.
   */
  private async setTracking(network: ApplianceNetwork | null): Promise<void> {
    const isLoose = !network?.policy.protections.floods.synTotal;
    const name = 'net.netfilter.nf_conntrack_tcp_loose';
    if ((await this.options.run('sysctl', ['-n', '-e', name])).trim() !== (isLoose ? '1' : '0'))
      await this.options.run('sysctl', ['-qw', '-e', `${name}=${isLoose ? 1 : 0}`]);
  }

  private async lines(network: ApplianceNetwork | null): Promise<string[]> {
    const now = this.now();
    const rules = await this.tables.observe(isLive, (set, elements) => {
      const schedule = network?.policy.schedules.find(({ name }) => name === scheduleOf(set));
      return schedule && network ? shownWindows(elements, schedule, network.timeZone, now) : elements;
    });
    return [...rules, ...(network ? await this.interfaces.observe(network.member) : [])];
  }

  private read(content: Buffer): ApplianceNetwork {
    let network: ApplianceNetwork;
    try {
      network = applianceNetworkSchema.parse(JSON.parse(content.toString('utf8')));
    } catch (cause) {
      throw new AppError('invalid', 'network.malformed', `the network document can't be read: ${messageOf(cause).slice(0, 500)}`, {
        cause,
      });
    }
    if (network.applianceId !== this.options.applianceId)
      throw new AppError('invalid', 'network.other-box', `the network document is of box ${network.applianceId}`);
    return network;
  }
}

function digestOf(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : sha256Hex(lines.join('\n'));
}
