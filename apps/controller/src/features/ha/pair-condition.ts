import type { HaCondition } from '@phalanx/contracts';
import type { Pair, PairMember } from './pair.js';

export interface Judgement {
  readonly condition: HaCondition;
  /** In words, with names. */
  readonly reason: string;
}

/** A backup that heard its peer within this (and a few advertisements) before its report hears it. */
const HEARD_MS = 6_000;
const ADVERTS = 4;

/** How a pair stands, from what both members said last. What a member out of reach said last is no word on now. */
export function judgePair(pair: Pair): Judgement {
  const [first, second] = pair.members as readonly [PairMember, PairMember];
  const silent = pair.members.find((member) => member.status === null);
  if (silent) return { condition: 'unknown', reason: `${silent.name} has not reported its part in the pair yet` };
  const masters = pair.members.filter((member) => member.online && member.status!.state === 'master');
  if (masters.length === 2) return judgeTwo(first, second);
  const [master] = masters;
  return master ? judgeOne(pair, master, master === first ? second : first) : judgeNone(pair, first, second);
}

/** Both claim it. The older claim counts only where its box has said so again since the other one's. */
function judgeTwo(first: PairMember, second: PairMember): Judgement {
  for (const [older, newer] of [
    [first, second],
    [second, first],
  ] as const)
    if (older.statusAt! < newer.stateAt!)
      return { condition: 'silent-peer', reason: `${newer.name} became master; ${older.name} has not said since whether it still is` };
  return { condition: 'two-masters', reason: `${first.name} and ${second.name} both hold the addresses` };
}

function judgeOne(pair: Pair, master: PairMember, other: PairMember): Judgement {
  const { state, cause, engineHealthy, sync } = other.status!;
  const since = `${master.name} is master`;
  for (const member of [master, other])
    if (member.order === 'maintenance') return { condition: 'maintenance', reason: `${member.name} is in maintenance; ${since}` };
  if (!other.online) return { condition: 'silent-peer', reason: `${since}; ${other.name} is out of reach` };
  if (other.order === 'demoted') return { condition: 'degraded', reason: `${since}; ${other.name} was demoted because both were master` };
  if (state !== 'backup') return { condition: 'degraded', reason: `${since}; ${other.name} is ${state} (${cause})` };
  if (!hearsPeer(pair, other)) return { condition: 'silent-peer', reason: `${since}; ${other.name} stands by, but does not hear it` };
  if (!engineHealthy) return { condition: 'degraded', reason: `${since}; the engine of ${other.name} is not healthy` };
  if (sync === 'failed' || master.status!.sync === 'failed')
    return { condition: 'degraded', reason: `${since}; connections are not shared: their synchronisation failed` };
  return { condition: 'whole', reason: `${since}; ${other.name} stands by and hears it` };
}

function judgeNone(pair: Pair, first: PairMember, second: PairMember): Judgement {
  const present = pair.members.filter((member) => member.online);
  if (present.length === 0) return { condition: 'unknown', reason: `${first.name} and ${second.name} are both out of reach` };
  const hearing = present.find((member) => present.length === 1 && hearsPeer(pair, member));
  const away = pair.members.find((member) => !member.online);
  if (hearing && away)
    return { condition: 'degraded', reason: `${away.name} is out of reach, but ${hearing.name} stands by and hears it as master` };
  const words = pair.members.map((member) => `${member.name} is ${member.online ? member.status!.state : 'out of reach'}`);
  return { condition: 'no-master', reason: `nobody holds the addresses: ${words.join('; ')}` };
}

/** Whether a member that is not master had heard its peer shortly before its last report. Its clock is corrected by what was measured. */
export function hearsPeer({ settings }: Pair, { status, statusAt, wallOffsetMs }: PairMember): boolean {
  if (!status?.peerSeenAt || !statusAt) return false;
  const heardAtMs = Date.parse(status.peerSeenAt) + (wallOffsetMs ?? 0);
  return statusAt.getTime() - heardAtMs <= HEARD_MS + ADVERTS * settings.advertMs;
}
