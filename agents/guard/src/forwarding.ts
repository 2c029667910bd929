import { readFileSync, writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { GuardPlan } from '@phalanx/contracts';
import type { Disk } from '@phalanx/kit';
import { originsOf } from './ruleset.js';

const SETTING = { ipv4: '/proc/sys/net/ipv4/ip_forward', ipv6: '/proc/sys/net/ipv6/conf/all/forwarding' } as const;
type Family = keyof typeof SETTING;

/** Whether the kernel passes packets on, which a bypass needs. What the guard has turned on it notes, so that it can be turned off again. */
export class Forwarding {
  private readonly ours: Set<Family>;

  constructor(
    private readonly notes: string,
    private readonly disk: Disk,
  ) {
    const stored = disk.read(notes);
    this.ours = new Set(stored ? (JSON.parse(stored.toString('utf8')) as { forwarding: Family[] }).forwarding : []);
  }

  /** Whether it is the guard that turned it on: nothing else may be forwarded then, unless the packet engine decides. */
  get isOurs(): boolean {
    return this.ours.size > 0;
  }

  /** Turns on what the plan's origins need: call it when the table that bounds it stands. */
  turnOn(plan: GuardPlan): void {
    for (const family of neededBy(plan)) {
      if (this.ours.has(family) || isOn(family)) continue;
      this.note(family, true);
      writeFileSync(SETTING[family], '1');
    }
  }

  /** Whether `turnOn` would turn anything on. */
  wouldTurnOn(plan: GuardPlan): boolean {
    return neededBy(plan).some((family) => !isOn(family));
  }

  /** Turns off again what no plan needs any more. */
  turnOff(plan: GuardPlan | null): void {
    const needed = plan ? neededBy(plan) : [];
    for (const family of this.ours) {
      if (needed.includes(family)) continue;
      writeFileSync(SETTING[family], '0');
      this.note(family, false);
    }
  }

  private note(family: Family, isOurs: boolean): void {
    if (isOurs) this.ours.add(family);
    else this.ours.delete(family);
    this.disk.replace(this.notes, JSON.stringify({ forwarding: [...this.ours] }));
  }
}

function neededBy({ listeners }: GuardPlan): Family[] {
  const families = listeners.flatMap((listener) => originsOf(listener).map(({ address }): Family => (isIPv6(address) ? 'ipv6' : 'ipv4')));
  return [...new Set(families)];
}

function isOn(family: Family): boolean {
  return readFileSync(SETTING[family], 'latin1').trim() !== '0';
}
