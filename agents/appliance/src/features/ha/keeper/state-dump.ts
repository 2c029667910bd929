import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { HaState } from '@phalanx/contracts';
import { sleep } from '@phalanx/kit';
import { z } from 'zod';
import { signalProcess } from './process-state.js';

/** SIGRTMIN + 2: what `keepalived --signum=JSON` prints. */
const DUMP_SIGNAL = 36;
const POLL_MS = 8;
const FILE = 'keepalived.json';

/** What is read of the daemon's own account of its instance. @see keepalived 2.2 vrrp_json.c */
const dumpSchema = z
  .array(
    z.object({
      data: z.object({
        iname: z.string(),
        ifp_ifname: z.string(),
        vrid: z.int(),
        base_priority: z.int(),
        effective_priority: z.int(),
        adver_int: z.number(),
        version: z.int(),
        nopreempt: z.boolean(),
        accept: z.int(),
        state: z.int(),
        vips: z.array(z.string()).default([]),
        evips: z.array(z.string()).default([]),
      }),
      stats: z.object({ advert_rcvd: z.int(), pri_zero_rcvd: z.int() }),
    }),
  )
  .length(1);

export interface StateDump {
  readonly state: HaState;
  readonly effectivePriority: number;
  readonly receivedAdverts: number;
  /** Advertisements in which a master said that it leaves. */
  readonly receivedLeaves: number;
  /** The settings that the daemon runs with, one a line. */
  readonly settings: readonly string[];
}

const STATES: readonly HaState[] = ['init', 'backup', 'master', 'fault'];

/** Asks the daemon for its state. Null when it doesn't answer in time. One question at a time. */
export async function askForDump(childPid: number, folder: string, timeoutMs: number): Promise<StateDump | null> {
  const path = join(folder, FILE);
  const before = changedAt(path);
  if (!signalProcess(childPid, DUMP_SIGNAL)) return null;
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    if (changedAt(path) === before) {
      // It was killed meanwhile.
      if (!signalProcess(childPid, 0)) return null;
      continue;
    }
    const dump = parseDump(path);
    if (dump) return dump;
  }
  return null;
}

/**
 * What the daemon last said of itself to whoever asked. Null when that is older than this, counted by the kernel's time of a file that is
 * written all the time.
 */
export function readLastDump(folder: string, clockFile: string, maxAgeMs: number): StateDump | null {
  const path = join(folder, FILE);
  const now = statSync(clockFile, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  const age = now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return age <= maxAgeMs ? parseDump(path) : null;
}

function changedAt(path: string): bigint {
  return statSync(path, { throwIfNoEntry: false, bigint: true })?.mtimeNs ?? 0n;
}

function parseDump(path: string): StateDump | null {
  let parsed: z.infer<typeof dumpSchema>;
  try {
    parsed = dumpSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Not there, or written by half.
    return null;
  }
  const { data, stats } = parsed[0]!;
  return {
    state: STATES[data.state] ?? 'init',
    effectivePriority: data.effective_priority,
    receivedAdverts: stats.advert_rcvd,
    receivedLeaves: stats.pri_zero_rcvd,
    settings: [
      `instance ${data.iname} on ${data.ifp_ifname}`,
      `virtual router ${data.vrid}, VRRP version ${data.version}`,
      `priority ${data.base_priority}, ${data.nopreempt ? 'nopreempt' : 'preempt'}, ${data.accept ? 'accept' : 'no accept'}`,
      `advertisement interval ${data.adver_int} s`,
      ...[...data.vips, ...data.evips].map((text) => `address ${text.replace(/ set$/, '')}`).sort(),
    ],
  };
}
