import type { LabNamespace } from './lab-namespace.js';
import type { LabSegment } from './lab-segment.js';
import { NO_FAULTS, type LinkFaults, type PacketKind } from './link-faults.js';

/** A host's cable to a segment. Faults are made at the segment's end, so that the host's own firewall is never touched. */
export class LabLink {
  faults: LinkFaults = NO_FAULTS;

  constructor(
    readonly host: LabNamespace,
    readonly segment: LabSegment,
    /** Interface in the host. */
    readonly name: string,
    /** Interface of the segment's bridge. */
    readonly port: string,
    /** Hardware address of the host's end. */
    readonly mac: string,
  ) {}

  /** Drops all packets both ways, or those of one kind; the interface stays up. Cuts add up until `heal`. */
  async cut(kind: PacketKind = {}): Promise<void> {
    await this.change({ ...this.faults, cuts: [...this.faults.cuts, kind] });
  }

  /** Drops so many of a hundred packets, at random, each way. */
  async loss(percent: number): Promise<void> {
    await this.change({ ...this.faults, lossPercent: percent });
  }

  /** Ends all cuts and losses. */
  async heal(): Promise<void> {
    await this.change(NO_FAULTS);
  }

  /** Pulls the cable: the host's interface loses its carrier and keeps its addresses. */
  async down(): Promise<void> {
    await this.segment.setPort(this.port, 'down');
  }

  async up(): Promise<void> {
    await this.segment.setPort(this.port, 'up');
  }

  private async change(faults: LinkFaults): Promise<void> {
    this.faults = faults;
    await this.segment.applyFaults();
  }
}
